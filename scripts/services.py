# SPDX-License-Identifier: Apache-2.0
"""Starts the real servers that tests and benchmarks use, and stops just what it started.

    with services.running(["postgresql"]) as environment:
        subprocess.run(command, env=environment)

Each server listens on a free loopback port and keeps its data in a temporary folder. Its URL goes into an environment
variable; where that variable is set already, that server is used and none is started.

The servers are children of a supervisor process which lives as long as the pipe from its parent: they end and their
folders vanish on a normal end, on Ctrl-C and when the parent is killed.

As a program, `services.py [--durable] [NAME...]` prints the URLs and serves until Ctrl-C.
"""

import argparse
import contextlib
import ctypes
import json
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 60


class ServiceError(Exception):
    """A server did not start; the text says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgreSQL:
    """PostgreSQL 15 with logical replication switched on, a superuser `dataknobs` and a database of that name."""

    name = "postgresql"
    variable = "DATAKNOBS_TEST_POSTGRESQL_URL"

    def __init__(self, folder, durable):
        self.folder = folder
        self.durable = durable
        self.password = secrets.token_hex(12)
        self.binaries = self.find_binaries()
        # The server refuses to run as root.
        self.account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None

    @staticmethod
    def find_binaries():
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        with_server = [folder for folder in folders if (folder / "postgres").exists()]
        preferred = [folder for folder in with_server if folder.parent.name == "15"]
        if not with_server:
            raise ServiceError("PostgreSQL is not installed; run ./dev setup")
        return (preferred or with_server)[-1]

    def as_server_user(self):
        """Arguments for subprocess: the account, and a signal to stop fast should the supervisor be killed."""
        pr_set_pdeathsig = 1
        libc = ctypes.CDLL(None)
        options = {"preexec_fn": lambda: libc.prctl(pr_set_pdeathsig, signal.SIGQUIT), "cwd": self.folder}
        if self.account:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return options

    def initialise(self):
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o644)
        done = subprocess.run(
            [self.binaries / "initdb", "--pgdata", self.folder / "data", "--username", "dataknobs", "--no-sync",
             "--auth", "scram-sha-256", "--pwfile", password_file, "--encoding", "UTF8", "--locale", "C.UTF-8"],
            capture_output=True, text=True, **self.as_server_user())
        password_file.unlink()
        if done.returncode != 0:
            raise ServiceError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def start(self):
        self.initialise()
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "port": free_port(),
            "max_connections": 100, "wal_level": "logical", "max_wal_senders": 10, "max_replication_slots": 10,
            "shared_buffers": "128MB", "max_wal_size": "2GB", "timezone": "UTC", "log_timezone": "UTC",
            "max_prepared_transactions": 10,
        }
        if not self.durable:
            # Safe against a killed server process; only a crash of the machine would lose data.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        command = [self.binaries / "postgres", "-D", self.folder / "data"]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        log = self.folder / "log"
        with open(log, "wb") as stream:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                                            **self.as_server_user())
        port = settings["port"]
        wait_until(lambda: self.answers(port), self.process, log, "PostgreSQL")
        self.run_sql(port, "create database dataknobs")
        return f"postgresql://dataknobs:{self.password}@127.0.0.1:{port}/dataknobs"

    def psql(self, port, statement):
        return subprocess.run(
            [self.binaries / "psql", "-XqAt", "-h", "127.0.0.1", "-p", str(port), "-U", "dataknobs", "-d", "postgres",
             "-c", statement], capture_output=True, text=True, env=os.environ | {"PGPASSWORD": self.password})

    def answers(self, port):
        return self.psql(port, "select 1").stdout == "1\n"

    def run_sql(self, port, statement):
        done = self.psql(port, statement)
        if done.returncode != 0:
            raise ServiceError(f"PostgreSQL: {statement}: {done.stderr}")

    def stop(self):
        # SIGINT is the fast shutdown: it does not wait for clients.
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()


SERVICES = {service.name: service for service in (PostgreSQL,)}


def wait_until(answers, process, log, title):
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise ServiceError(f"{title} did not start; its log ends:\n{log.read_text()[-2000:]}")
        # Nothing announces that a server is ready, so ask again shortly.
        time.sleep(0.05)


def supervise(names, durable):
    """Child process: starts the servers, reports their URLs as one line of JSON, serves until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.ExitStack() as stack:
        urls = {}
        try:
            for name in names:
                service_class = SERVICES[name]
                folder = pathlib.Path(tempfile.mkdtemp(prefix=f"dataknobs-{name}-"))
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                service = service_class(folder, durable)
                urls[service.variable] = service.start()
                stack.callback(service.stop)
        except ServiceError as error:
            print(json.dumps({"error": str(error)}), flush=True)
            return 1
        print(json.dumps({"urls": urls}), flush=True)
        sys.stdin.read()
    return 0


@contextlib.contextmanager
def running(names=tuple(SERVICES), durable=False):
    """Runs the named services; gives os.environ with their URLs added. Raises ServiceError if one does not start."""
    for name in names:
        if name not in SERVICES:
            raise ServiceError(f"there is no service {name}; there are: {', '.join(SERVICES)}")
    wanted = [name for name in names if not os.environ.get(SERVICES[name].variable)]
    if not wanted:
        yield dict(os.environ)
        return
    command = [sys.executable, __file__, "--supervise", *(["--durable"] if durable else []), *wanted]
    supervisor = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  start_new_session=True)
    try:
        line = supervisor.stdout.readline()
        report = json.loads(line) if line else {"error": "the supervisor of the services ended"}
        if "error" in report:
            raise ServiceError(report["error"])
        yield os.environ | report["urls"]
    finally:
        supervisor.stdin.close()
        supervisor.wait()


def main():
    parser = argparse.ArgumentParser(description="Starts servers for tests and prints their URLs, until Ctrl-C.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(SERVICES)} (default: all)")
    parser.add_argument("--durable", action="store_true", help="keep fsync on (for benchmarks and crash tests)")
    parser.add_argument("--supervise", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    names = arguments.names or list(SERVICES)
    if arguments.supervise:
        return supervise(names, arguments.durable)
    try:
        with running(names, arguments.durable) as environment:
            for name in names:
                print(f"export {SERVICES[name].variable}='{environment[SERVICES[name].variable]}'")
            print("# running; Ctrl-C stops them", flush=True)
            signal.pause()
    except ServiceError as error:
        sys.exit(f"services: {error}")
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())

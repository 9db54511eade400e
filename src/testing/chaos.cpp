// SPDX-License-Identifier: Apache-2.0
#include <dataknobs/testing/chaos.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <dataknobs/backend/forward.hpp>
#include <dataknobs/backend/registry.hpp>

namespace dataknobs::test {

namespace {

double probability_of(double value) {
  if (std::isnan(value) || value < 0 || value > 1) {
    Error(ErrorCode::invalid_argument, fmt::format("a probability is from 0 to 1, not {}", value)).raise();
  }
  return value;
}

[[noreturn]] void raise_cut(const char* operation) {
  Error(ErrorCode::connection, "chaos cut the connection: the answer is lost")
      .operation(operation)
      .drops_connection(true)
      .raise();
}

// Waits for the chance's time or the deadline, whichever comes first, and fails where it is to fail.
Task<void> suffer(const Context& context, const char* operation, Chaos::Chance chance) {
  if (chance.delay.count() > 0) {
    const TimePoint wanted = Clock::now() + chance.delay;
    const bool late = context.deadline() && *context.deadline() < wanted;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, late ? *context.deadline() : wanted);
    co_await timer.async_wait(boost::asio::use_awaitable);
    if (late)
      Error(ErrorCode::timeout, "the deadline passed while chaos held the call back")
          .operation(operation)
          .raise();
  }
  if (!chance.fails) co_return;
  Error(ErrorCode::connection, "chaos let the call fail before the store saw it")
      .operation(operation)
      .retryable(true)
      .raise();
}

/// What a session shares with its readers and writers.
class Line {
 public:
  explicit Line(std::shared_ptr<Chaos> chaos) : chaos_(std::move(chaos)) {}

  /// A call of the session, or of a reader or writer of it.
  template <class T>
  Task<T> carry(const Context& context, const char* operation, Task<T> call) {
    const bool cuts = co_await prepare(context, operation);
    if constexpr (std::is_void_v<T>) {
      co_await std::move(call);
      if (cuts) cut(operation);
    } else {
      T result = co_await std::move(call);
      if (cuts) cut(operation);
      co_return result;
    }
  }
  /// True if the answer is to be lost. Errors: where the call is not to be made.
  Task<bool> prepare(const Context& context, const char* operation) {
    if (is_cut_) raise_cut(operation);
    const Chaos::Chance chance = chaos_->draw(operation);
    co_await suffer(context, operation, chance);
    co_return chance.cuts;
  }
  void cut() noexcept { is_cut_ = true; }

 private:
  [[noreturn]] void cut(const char* operation) {
    is_cut_ = true;
    raise_cut(operation);
  }

  std::shared_ptr<Chaos> chaos_;
  bool is_cut_ = false;
};

class ChaosReader : public ForwardingReader {
 public:
  ChaosReader(std::unique_ptr<Reader> inner, std::shared_ptr<Line> line)
      : ForwardingReader(std::move(inner)), line_(std::move(line)) {}
  Task<std::optional<Batch>> next(Context& context) override {
    return line_->carry(context, "next", inner().next(context));
  }

 private:
  std::shared_ptr<Line> line_;
};

class ChaosWriter : public ForwardingWriter {
 public:
  ChaosWriter(std::unique_ptr<Writer> inner, std::shared_ptr<Line> line)
      : ForwardingWriter(std::move(inner)), line_(std::move(line)) {}
  Task<void> write(Context& context, const Batch& batch) override {
    return line_->carry(context, "load", inner().write(context, batch));
  }
  Task<std::uint64_t> finish(Context& context) override {
    return line_->carry(context, "finish", inner().finish(context));
  }

 private:
  std::shared_ptr<Line> line_;
};

class ChaosSession : public ForwardingSession {
 public:
  ChaosSession(std::unique_ptr<Session> inner, std::shared_ptr<Chaos> chaos)
      : ForwardingSession(std::move(inner)), line_(std::make_shared<Line>(std::move(chaos))) {}

  Task<std::vector<std::optional<Record>>> read(Context& context, const DatasetPointer& dataset,
                                                std::span<const std::string> ids) override {
    return line_->carry(context, "read", inner().read(context, dataset, ids));
  }
  Task<std::unique_ptr<Reader>> scan(Context& context, const ScanRequest& request) override {
    return reader(context, "scan", inner().scan(context, request));
  }
  Task<std::uint64_t> count(Context& context, const ScanRequest& request) override {
    return line_->carry(context, "count", inner().count(context, request));
  }
  Task<std::vector<ItemResult>> write(Context& context, const WriteRequest& request) override {
    return line_->carry(context, "write", inner().write(context, request));
  }
  Task<std::unique_ptr<Writer>> writer(Context& context, const WriterOptions& options) override {
    std::unique_ptr<Writer> writer =
        co_await line_->carry(context, "writer", inner().writer(context, options));
    std::unique_ptr<Writer> wrapped = std::make_unique<ChaosWriter>(std::move(writer), line_);
    co_return wrapped;
  }
  Task<std::vector<ItemResult>> remove(Context& context, const DatasetPointer& dataset,
                                       std::span<const std::string> ids,
                                       std::span<const Precondition> preconditions) override {
    return line_->carry(context, "remove", inner().remove(context, dataset, ids, preconditions));
  }
  Task<std::uint64_t> remove_range(Context& context, const ScanRequest& request) override {
    return line_->carry(context, "remove_range", inner().remove_range(context, request));
  }
  Task<std::vector<Partition>> partition(Context& context, const ScanRequest& request,
                                         std::size_t wanted) override {
    return line_->carry(context, "partition", inner().partition(context, request, wanted));
  }
  Task<std::optional<std::string>> get_state(Context& context, const std::string& key) override {
    return line_->carry(context, "get_state", inner().get_state(context, key));
  }
  Task<bool> put_state(Context& context, const std::string& key, const std::string& value,
                       Existence existence, const std::optional<std::string>& expected) override {
    return line_->carry(context, "put_state", inner().put_state(context, key, value, existence, expected));
  }
  Task<void> remove_state(Context& context, const std::string& prefix) override {
    return line_->carry(context, "remove_state", inner().remove_state(context, prefix));
  }
  Task<std::vector<std::pair<std::string, std::string>>> list_state(Context& context,
                                                                    const std::string& prefix) override {
    return line_->carry(context, "list_state", inner().list_state(context, prefix));
  }
  Task<DatasetPointer> create_dataset(Context& context, const CreateRequest& request) override {
    return line_->carry(context, "create_dataset", inner().create_dataset(context, request));
  }
  Task<void> publish(Context& context, const DatasetPointer& dataset) override {
    return line_->carry(context, "publish", inner().publish(context, dataset));
  }
  Task<std::unique_ptr<Reader>> native_query(Context& context, const std::string& text,
                                             std::span<const Value> parameters) override {
    return reader(context, "native_query", inner().native_query(context, text, parameters));
  }
  Task<void> create_index(Context& context, const DatasetPointer& dataset, const Index& index) override {
    return line_->carry(context, "create_index", inner().create_index(context, dataset, index));
  }
  Task<std::vector<Index>> indexes(Context& context, const DatasetPointer& dataset) override {
    return line_->carry(context, "indexes", inner().indexes(context, dataset));
  }
  Task<void> drop_index(Context& context, const DatasetPointer& dataset, const std::string& name) override {
    return line_->carry(context, "drop_index", inner().drop_index(context, dataset, name));
  }
  Task<void> savepoint(Context& context, const std::string& name) override {
    return line_->carry(context, "savepoint", inner().savepoint(context, name));
  }
  Task<void> rollback_to(Context& context, const std::string& name) override {
    return line_->carry(context, "rollback_to", inner().rollback_to(context, name));
  }
  Task<CommitOutcome> commit(Context& context) override {
    const bool cuts = co_await line_->prepare(context, "commit");
    const CommitOutcome outcome = co_await inner().commit(context);
    if (!cuts) co_return outcome;
    line_->cut();
    co_return CommitOutcome::unknown;
  }
  Task<void> rollback(Context& context) override {
    return line_->carry(context, "rollback", inner().rollback(context));
  }

 private:
  Task<std::unique_ptr<Reader>> reader(Context& context, const char* operation,
                                       Task<std::unique_ptr<Reader>> call) {
    std::unique_ptr<Reader> reader = co_await line_->carry(context, operation, std::move(call));
    std::unique_ptr<Reader> wrapped = std::make_unique<ChaosReader>(std::move(reader), line_);
    co_return wrapped;
  }

  std::shared_ptr<Line> line_;
};

class ChaosBackend : public ForwardingBackend {
 public:
  ChaosBackend(std::shared_ptr<Backend> inner, std::shared_ptr<Chaos> chaos)
      : ForwardingBackend(std::move(inner)),
        chaos_(std::move(chaos)),
        capabilities_(ForwardingBackend::inner().capabilities()) {
    // One that was cut must not be kept for the next call.
    capabilities_.light_sessions = false;
  }

  const Capabilities& capabilities() const noexcept override { return capabilities_; }
  Task<DatasetPointer> describe(Context& context, const DatasetOptions& options, bool exact) override {
    Line line(chaos_);
    co_return co_await line.carry(context, "describe", inner().describe(context, options, exact));
  }
  Task<std::unique_ptr<Session>> session(Context& context, SessionMode mode) override {
    Line line(chaos_);
    std::unique_ptr<Session> session =
        co_await line.carry(context, "session", inner().session(context, mode));
    std::unique_ptr<Session> wrapped = std::make_unique<ChaosSession>(std::move(session), chaos_);
    co_return wrapped;
  }

 private:
  std::shared_ptr<Chaos> chaos_;
  Capabilities capabilities_;
};

class ChaosDriver : public BackendDriver {
 public:
  ChaosDriver(const BackendDriver& inner, std::shared_ptr<Chaos> chaos)
      : inner_(inner), chaos_(std::move(chaos)) {}
  std::string name() const override { return kPrefix + inner_.name(); }
  std::string description() const override { return inner_.description() + ", with chaos"; }
  std::vector<OptionDeclaration> options() const override { return inner_.options(); }
  std::string example() const override { return kPrefix + inner_.example(); }
  const Capabilities& capabilities() const noexcept override { return inner_.capabilities(); }
  DatasetOptions dataset(const StoreUrl& url) const override { return inner_.dataset(inner_url(url)); }
  StoreUrl place(const StoreUrl& url) const override {
    StoreUrl place = inner_.place(inner_url(url));
    return place.set_scheme(name());
  }
  bool is_pipe(const StoreUrl& url) const override { return inner_.is_pipe(inner_url(url)); }
  std::shared_ptr<Backend> make(const StoreUrl& url) const override {
    return with_chaos(inner_.make(inner_url(url)), chaos_);
  }

 private:
  static constexpr const char* kPrefix = "chaos+";
  StoreUrl inner_url(const StoreUrl& url) const {
    StoreUrl result = url;
    return result.set_scheme(inner_.name());
  }
  const BackendDriver& inner_;
  std::shared_ptr<Chaos> chaos_;
};

}  // namespace

Chaos& Chaos::fail(double probability) {
  const std::lock_guard lock(mutex_);
  fail_ = probability_of(probability);
  return *this;
}

Chaos& Chaos::cut(double probability) {
  const std::lock_guard lock(mutex_);
  cut_ = probability_of(probability);
  return *this;
}

Chaos& Chaos::delay(double probability, std::chrono::milliseconds longest) {
  const std::lock_guard lock(mutex_);
  delay_ = probability_of(probability);
  longest_ = longest;
  return *this;
}

Chaos& Chaos::only(std::set<std::string> operations) {
  const std::lock_guard lock(mutex_);
  only_ = std::move(operations);
  return *this;
}

std::uint64_t Chaos::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

std::uint64_t Chaos::cut_off() const {
  const std::lock_guard lock(mutex_);
  return cut_off_;
}

std::uint64_t Chaos::delayed() const {
  const std::lock_guard lock(mutex_);
  return delayed_;
}

bool Chaos::happens(double probability) {
  // Of 53 bits, so that it is the same with every standard library.
  return static_cast<double>(random_() >> 11U) * 0x1p-53 < probability;
}

Chaos::Chance Chaos::draw(const std::string& operation) {
  const std::lock_guard lock(mutex_);
  Chance chance;
  if (!only_.empty() && !only_.contains(operation)) return chance;
  // Each chance is drawn always: what is asked of one does not change the others.
  const bool delays = happens(delay_);
  const std::uint64_t wait = random_();
  chance.fails = happens(fail_);
  chance.cuts = happens(cut_) && !chance.fails;
  if (delays) {
    chance.delay = std::chrono::microseconds(
        static_cast<std::int64_t>(wait % (static_cast<std::uint64_t>(longest_.count()) + 1)));
  }
  failed_ += chance.fails;
  cut_off_ += chance.cuts;
  delayed_ += delays;
  return chance;
}

std::shared_ptr<Backend> with_chaos(std::shared_ptr<Backend> store, std::shared_ptr<Chaos> chaos) {
  return std::make_shared<ChaosBackend>(std::move(store), std::move(chaos));
}

void register_chaos(const std::string& scheme, std::shared_ptr<Chaos> chaos) {
  register_backend(std::make_unique<ChaosDriver>(Registry::instance().find(scheme), std::move(chaos)));
}

}  // namespace dataknobs::test

// SPDX-License-Identifier: Apache-2.0
#include "backends/postgresql/settings.hpp"

#include <gtest/gtest.h>

#include <dataknobs/error.hpp>

#include "backends/postgresql/errors.hpp"
#include "database/registry.hpp"

namespace dataknobs {

std::unique_ptr<BackendDriver> make_postgresql_driver();

namespace postgresql {
namespace {

TEST(PostgresqlSettings, AUrlWithoutTwoSlashesIsRefusedAndItsPasswordNotShown) {
  const std::unique_ptr<BackendDriver> driver = make_postgresql_driver();
  for (const char* text :
       {"postgresql:ada:hunter2@h/a?table=t", "postgresql:/ada:hunter2@h/a?table=t", "pg:ada:hunter2@h/a?t=t",
        "postgresql:/ada:hunter2@h/a?tabel=t", "postgresql:ada:x?y=hunter2@h/a"}) {
    const StoreUrl url = StoreUrl::parse(text);
    const auto expect_refused = [&](auto call) {
      try {
        call();
        ADD_FAILURE() << text << " was taken";
      } catch (const Error& error) {
        const std::string what = error.what();
        EXPECT_EQ(error.code(), ErrorCode::configuration) << what;
        EXPECT_NE(what.find("two slashes"), std::string::npos) << what;
        EXPECT_EQ(what.find("hunter2"), std::string::npos) << what;
      }
    };
    expect_refused([&] { Settings::from_url(url); });
    // Before anything that would show the URL, as an unknown option does.
    expect_refused([&] { driver->dataset(url); });
  }
  EXPECT_EQ(Settings::from_url(StoreUrl::parse("postgresql:///a?host=/run")).value("dbname"), "a");
  EXPECT_EQ(Settings::from_url(StoreUrl::parse("postgresql:?host=/run")).value("host"), "/run");
}

TEST(PostgresqlSettings, AnUnknownWordOfASettingGetsTheNearest) {
  const auto hint = [](const char* text) { return to_connect_error(text).hint(); };
  EXPECT_EQ(hint(R"(invalid sslmode value: "requir")"), "did you mean 'require'?");
  EXPECT_EQ(hint(R"(invalid sslmode value: "verify-ful")"), "did you mean 'verify-full'?");
  EXPECT_EQ(hint(R"(invalid sslmode value: "sometimes")"),
            "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full");
  EXPECT_EQ(hint(R"(invalid gssencmode value: "disabled")"), "did you mean 'disable'?");
  EXPECT_EQ(hint(R"(invalid channel_binding value: "prefered")"), "did you mean 'prefer'?");
  EXPECT_EQ(hint(R"(invalid target_session_attrs value: "primry")"), "did you mean 'primary'?");
  EXPECT_EQ(hint(R"(invalid port number: "x")"), "check the options of the URL");
}

}  // namespace
}  // namespace postgresql
}  // namespace dataknobs

// SPDX-License-Identifier: Apache-2.0
#include "database/registry.hpp"

#include <gtest/gtest.h>
#include <dataknobs/error.hpp>

namespace dataknobs {
namespace {

OptionDeclaration declare(std::string name, bool of_dataset, bool repeatable = false) {
  OptionDeclaration option;
  option.name = std::move(name);
  option.of_dataset = of_dataset;
  option.repeatable = repeatable;
  return option;
}

class NamedDriver : public BackendDriver {
 public:
  explicit NamedDriver(std::string name, std::vector<std::string> aliases = {})
      : name_(std::move(name)), aliases_(std::move(aliases)) {}
  std::string name() const override { return name_; }
  std::vector<std::string> aliases() const override { return aliases_; }
  std::string description() const override { return {}; }
  std::vector<OptionDeclaration> options() const override { return {}; }
  std::string example() const override { return {}; }
  const Capabilities& capabilities() const noexcept override { return capabilities_; }
  DatasetOptions dataset(const StoreUrl&) const override { return {}; }
  StoreUrl place(const StoreUrl& url) const override { return url; }
  std::shared_ptr<Backend> make(const StoreUrl&) const override { return nullptr; }

 private:
  std::string name_;
  std::vector<std::string> aliases_;
  Capabilities capabilities_;
};

const std::vector<OptionDeclaration> kDeclared{declare("table", true), declare("layout", true),
                                               declare("key", true), declare("null", true, true),
                                               declare("busy_timeout", false)};

std::string failure_of(const std::string& url) {
  try {
    dataset_options(StoreUrl::parse(url), kDeclared);
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "was taken";
}

TEST(Registry, FindsByNameAndAlias) {
  Registry registry;
  registry.add(std::make_unique<NamedDriver>("sqlite"));
  registry.add(std::make_unique<NamedDriver>("postgresql", std::vector<std::string>{"postgres", "pg"}));
  EXPECT_EQ(registry.find("sqlite").name(), "sqlite");
  EXPECT_EQ(registry.find("pg").name(), "postgresql");
}

TEST(Registry, UnknownSchemeNamesTheNearest) {
  Registry registry;
  registry.add(std::make_unique<NamedDriver>("sqlite"));
  registry.add(std::make_unique<NamedDriver>("postgresql", std::vector<std::string>{"postgres"}));
  try {
    registry.find("postgre");
    ADD_FAILURE();
  } catch (const ConfigurationError& error) {
    EXPECT_NE(error.hint().find("did you mean 'postgres'?"), std::string::npos) << error.hint();
  }
  try {
    registry.find("a");
    ADD_FAILURE();
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(error.hint(),
              "known are sqlite, postgresql, postgres (a file of that name is written ./a:...)");
  }
}

TEST(Registry, RefusesASchemeThatIsTaken) {
  Registry registry;
  registry.add(std::make_unique<NamedDriver>("postgresql", std::vector<std::string>{"postgres", "pg"}));
  try {
    registry.add(std::make_unique<NamedDriver>("mine", std::vector<std::string>{"pg"}));
    ADD_FAILURE();
  } catch (const ConfigurationError& error) {
    EXPECT_STREQ(error.what(),
                 "the scheme 'pg' is that of the store 'postgresql' already (hint: register a store once, "
                 "under a name "
                 "of its own)");
  }
  EXPECT_EQ(registry.drivers().size(), 1U);
}

TEST(Registry, WithoutAStoreSaysHowToLinkOne) {
  try {
    Registry().find("sqlite");
    ADD_FAILURE();
  } catch (const ConfigurationError& error) {
    EXPECT_NE(error.hint().find("dataknobs::sqlite in CMake"), std::string::npos) << error.hint();
  }
}

TEST(DatasetOptions, TakesWhatIsOfTheDataset) {
  const DatasetOptions options = dataset_options(
      StoreUrl::parse("x:y?table=people&layout=columns&key=a,b&null=NA&null=&busy_timeout=5"), kDeclared);
  EXPECT_EQ(options.name(), "people");
  EXPECT_EQ(options.layout(), Layout::columns);
  EXPECT_EQ(options.key(), (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(options.extra().size(), 1U);
  EXPECT_EQ(options.extra().at("null"), (std::vector<std::string>{"NA", ""}));
}

TEST(DatasetOptions, RefusesWhatIsUnknown) {
  EXPECT_NE(failure_of("x:y?tabel=people").find("did you mean 'table'?"), std::string::npos);
  EXPECT_NE(failure_of("x:y?layout=colums").find("did you mean 'columns'?"), std::string::npos);
  EXPECT_NE(failure_of("x:y?zzzzzz=1").find("known are table, layout"), std::string::npos);
  EXPECT_NE(failure_of("x:y?table=a&table=b").find("'table' is given twice"), std::string::npos);
  EXPECT_NE(failure_of("x:y?key=a,,b").find("empty name"), std::string::npos);
  EXPECT_NE(failure_of("x:y?key=").find("empty name"), std::string::npos);
  EXPECT_NE(failure_of("x:y?key=a,b,a").find("key= names 'a' twice"), std::string::npos);
}

}  // namespace
}  // namespace dataknobs

// SPDX-License-Identifier: Apache-2.0
//
// The public calls: each runs on a strand of its own, so that its steps need no locks whatever the executor.
#include <dataknobs/run.hpp>
#include <dataknobs/transfer.hpp>
#include <dataknobs/verify.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "transfer/copy_run.hpp"
#include "transfer/verify_run.hpp"

namespace dataknobs {

namespace {

template <class T>
Task<T> on_strand(Task<T> task) {
  const auto strand = boost::asio::make_strand(co_await boost::asio::this_coro::executor);
  co_return co_await boost::asio::co_spawn(strand, std::move(task), boost::asio::use_awaitable);
}

Task<CopyReport> run_copy(std::shared_ptr<CopyRun> run) {
  co_return co_await run->copy();
}

Task<CopyPlan> run_plan(std::shared_ptr<CopyRun> run) {
  co_return co_await run->plan();
}

Task<VerifyReport> run_verify(std::shared_ptr<VerifyRun> run) {
  co_return co_await run->run();
}

}  // namespace

Task<CopyReport> copy(std::string source_url, std::string target_url, CopyOptions options) {
  auto run = std::make_shared<CopyRun>(std::move(source_url), std::move(target_url), std::move(options));
  return on_strand(run_copy(std::move(run)));
}

Task<CopyPlan> plan_copy(std::string source_url, std::string target_url, CopyOptions options) {
  auto run = std::make_shared<CopyRun>(std::move(source_url), std::move(target_url), std::move(options));
  return on_strand(run_plan(std::move(run)));
}

Task<VerifyReport> verify(std::string left_url, std::string right_url, VerifyOptions options) {
  auto run = std::make_shared<VerifyRun>(std::move(left_url), std::move(right_url), std::move(options));
  return on_strand(run_verify(std::move(run)));
}

namespace sync {

CopyReport copy(const std::string& source_url, const std::string& target_url, CopyOptions options) {
  return run(dataknobs::copy(source_url, target_url, std::move(options)));
}

CopyPlan plan_copy(const std::string& source_url, const std::string& target_url, CopyOptions options) {
  return run(dataknobs::plan_copy(source_url, target_url, std::move(options)));
}

VerifyReport verify(const std::string& left_url, const std::string& right_url, VerifyOptions options) {
  return run(dataknobs::verify(left_url, right_url, std::move(options)));
}

}  // namespace sync

}  // namespace dataknobs

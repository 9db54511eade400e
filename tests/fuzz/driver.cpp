// SPDX-License-Identifier: Apache-2.0
//
// A small driver for fuzzers where libFuzzer is absent (g++). It replays a corpus, then feeds mutations of it
// to LLVMFuzzerTestOneInput for a number of seconds, or just `runs` of them. The same seed and corpus give the same
// inputs. When the target dies, hangs or throws, the input is kept in a file.
//
//   <fuzzer> [--seconds N | --runs N] [--seed N] [--artifacts FOLDER] FILE_OR_FOLDER...
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Absent unless a sanitizer is linked.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Input = std::vector<std::uint8_t>;

constexpr unsigned kHangSeconds = 30;
constexpr std::size_t kMaximumSize = 4096;

const Input* current_input = nullptr;
std::string artifact_path;

void keep_current_input() {
  if (current_input == nullptr) return;
  const Input* input = std::exchange(current_input, nullptr);
  if (std::FILE* file = std::fopen(artifact_path.c_str(), "wb")) {
    std::fwrite(input->data(), 1, input->size(), file);
    std::fclose(file);
    std::fprintf(stderr, "fuzz: the input is kept in %s\n", artifact_path.c_str());
  }
}

void on_signal(int number) {
  std::fprintf(stderr, number == SIGALRM ? "fuzz: one input takes too long\n" : "fuzz: aborted\n");
  keep_current_input();
  ::_exit(1);
}

void run_one(const Input& input) {
  current_input = &input;
  ::alarm(kHangSeconds);
  LLVMFuzzerTestOneInput(input.data(), input.size());
  ::alarm(0);
  current_input = nullptr;
}

std::vector<Input> read_corpus(const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) {
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
    } else {
      files.emplace_back(path);
    }
  }
  // Folders come in any order; a seed must always mean the same.
  std::sort(files.begin(), files.end());
  std::vector<Input> corpus;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      std::fprintf(stderr, "fuzz: cannot read %s\n", file.c_str());
      std::exit(2);
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class Mutator {
 public:
  Mutator(std::uint64_t seed, const std::vector<Input>& corpus) : random_(seed), corpus_(corpus) {}

  Input next() {
    Input input = pick();
    for (std::size_t count = 1 + below(6); count > 0; --count) mutate(input);
    if (input.size() > kMaximumSize) input.resize(kMaximumSize);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  Input pick() { return corpus_.empty() ? Input() : corpus_[below(corpus_.size())]; }
  std::ptrdiff_t place(const Input& input) { return static_cast<std::ptrdiff_t>(below(input.size() + 1)); }

  void mutate(Input& input) {
    switch (below(input.empty() ? 3 : 8)) {
      case 0:
        insert_token(input);
        break;
      case 1:
        insert_bytes(input);
        break;
      case 2:
        splice(input);
        break;
      case 3:
        input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 4:
        input[below(input.size())] = static_cast<std::uint8_t>(below(256));
        break;
      case 5:
        erase(input);
        break;
      case 6:
        repeat(input);
        break;
      default:
        input.resize(below(input.size()));
        break;
    }
  }

  // Text that parsers of numbers, JSON, expressions, URLs, CSV and timestamps treat specially.
  void insert_token(Input& input) {
    static constexpr std::string_view tokens[] = {"0",
                                                  "-0",
                                                  "-1",
                                                  "1e309",
                                                  "1e-400",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "-9223372036854775808",
                                                  "0.1",
                                                  "NaN",
                                                  "Infinity",
                                                  "null",
                                                  "true",
                                                  "\"",
                                                  "'",
                                                  "''",
                                                  "\\",
                                                  "\\u0000",
                                                  "\\ud800",
                                                  "\xff",
                                                  "\xc3\xa9",
                                                  "\xf0\x9f\x98\x80",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  "(",
                                                  ")",
                                                  ",",
                                                  ":",
                                                  ";",
                                                  "\r\n",
                                                  "\t",
                                                  "%00",
                                                  "%zz",
                                                  "://",
                                                  "?",
                                                  "&",
                                                  "=",
                                                  "#",
                                                  "@",
                                                  " and ",
                                                  " or ",
                                                  " not ",
                                                  " in (",
                                                  " like '%",
                                                  "${A:",
                                                  "}",
                                                  "2024-02-29T23:59:60.999999Z",
                                                  "--"};
    std::string_view token = tokens[below(std::size(tokens))];
    input.insert(input.begin() + place(input), token.begin(), token.end());
  }

  void insert_bytes(Input& input) {
    std::ptrdiff_t position = place(input);
    for (std::size_t count = 1 + below(4); count > 0; --count) {
      input.insert(input.begin() + position, static_cast<std::uint8_t>(below(256)));
    }
  }

  void splice(Input& input) {
    Input other = pick();
    std::size_t from = below(other.size());
    std::size_t size = below(other.size() - from + 1);
    auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
    input.insert(input.begin() + place(input), begin, begin + static_cast<std::ptrdiff_t>(size));
  }

  void erase(Input& input) {
    std::size_t from = below(input.size());
    std::size_t size = 1 + below(std::min<std::size_t>(input.size() - from, 16));
    auto begin = input.begin() + static_cast<std::ptrdiff_t>(from);
    input.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(size, input.size() - from)));
  }

  // Nesting and long runs: one piece of the input, many times.
  void repeat(Input& input) {
    std::size_t from = below(input.size());
    std::size_t size = 1 + below(std::min<std::size_t>(input.size() - from, 8));
    auto begin = input.begin() + static_cast<std::ptrdiff_t>(from);
    Input piece(begin, begin + static_cast<std::ptrdiff_t>(std::min(size, input.size() - from)));
    Input pieces;
    for (std::size_t count = 1 + below(200); count > 0; --count) {
      pieces.insert(pieces.end(), piece.begin(), piece.end());
    }
    input.insert(input.begin() + static_cast<std::ptrdiff_t>(from), pieces.begin(), pieces.end());
  }

  std::mt19937_64 random_;
  const std::vector<Input>& corpus_;
};

struct Arguments {
  long seconds = 30;
  std::uint64_t runs = 0;
  std::uint64_t seed = std::random_device()();
  std::string artifacts = ".";
  std::vector<std::string> paths;
};

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    std::string_view name = values[i];
    bool has_value = i + 1 < count;
    if (name == "--seconds" && has_value) {
      arguments.seconds = std::atol(values[++i]);
    } else if (name == "--runs" && has_value) {
      arguments.runs = std::strtoull(values[++i], nullptr, 10);
    } else if (name == "--seed" && has_value) {
      arguments.seed = std::strtoull(values[++i], nullptr, 10);
    } else if (name == "--artifacts" && has_value) {
      arguments.artifacts = values[++i];
    } else {
      arguments.paths.emplace_back(name);
    }
  }
  return arguments;
}

}  // namespace

int main(int count, char** values) {
  Arguments arguments = parse(count, values);
  std::string name = std::filesystem::path(values[0]).filename().string();
  artifact_path = (std::filesystem::path(arguments.artifacts) / ("crash-" + name)).string();
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_current_input);
  for (int number : {SIGALRM, SIGABRT}) ::signal(number, on_signal);

  std::vector<Input> corpus = read_corpus(arguments.paths);
  for (const Input& input : corpus) run_one(input);

  std::printf("fuzz %s: corpus of %zu, seed %llu\n", name.c_str(), corpus.size(),
              static_cast<unsigned long long>(arguments.seed));
  std::fflush(stdout);
  Mutator mutator(arguments.seed, corpus);
  std::uint64_t runs = 0;
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(arguments.seconds);
  while (arguments.runs > 0 ? runs < arguments.runs : std::chrono::steady_clock::now() < end) {
    Input input = mutator.next();
    run_one(input);
    ++runs;
  }
  std::printf("fuzz %s: %llu mutations\n", name.c_str(), static_cast<unsigned long long>(runs));
  return 0;
}

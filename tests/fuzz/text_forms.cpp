// SPDX-License-Identifier: Apache-2.0
//
// Texts of single values: what is taken prints as a text that means the same.
#include <cmath>
#include <cstdlib>

#include <dataknobs/value.hpp>

namespace {

using namespace dataknobs;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_decimal(std::string_view text) {
  std::optional<Decimal> decimal = Decimal::parse(text);
  if (!decimal) return;
  require(Decimal::parse(decimal->to_string()) == decimal);
  require(decimal->normalized() == *decimal);
  double nearest = decimal->to_double();
  if (std::isfinite(nearest)) require(Decimal::from_double(nearest).to_double() == nearest);
  if (auto integer = decimal->to_int64()) require(Decimal(*integer) == *decimal);
  // The exact comparison agrees with the one of doubles as far as that can tell.
  if (std::isfinite(nearest)) {
    require(!(nearest > 0 && decimal->negative()) && !(nearest < 0 && !decimal->negative()));
    Value above(std::nextafter(nearest, INFINITY));
    require(compare(above, Value(*decimal)) == std::strong_ordering::greater);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_decimal(text);
  if (auto moment = parse_datetime(text)) require(parse_datetime(to_text(*moment)) == moment);
  if (auto date = parse_date(text)) require(parse_date(to_text(*date)) == date);
  if (auto time = parse_time(text)) require(parse_time(to_text(*time)) == time);
  if (auto uuid = parse_uuid(text)) require(parse_uuid(*uuid) == uuid);
  if (auto binary = parse_base64(text)) require(to_base64(*binary) == text);
  Binary bytes{std::string(text)};
  require(parse_hex(to_hex(bytes)) == bytes && parse_base64(to_base64(bytes)) == bytes);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// What a name of a database means: which configuration file applies, and what it says.

#include <optional>
#include <string>
#include <string_view>

#include "database/config_file.hpp"
#include "database/url.hpp"

namespace dataknobs {

/// The configuration file that applies: the one in DATAKNOBS_CONFIG, else dataknobs.yaml in the current folder, else
/// dataknobs/dataknobs.yaml in the user's folder of configurations. Nothing if there is none. Errors:
/// ConfigurationError if the one in the current folder belongs to another user, who could make it run commands.
std::optional<std::string> find_config_file(const Environment& environment);

/// The database as it is to be opened. Errors: ConfigurationError with line and nearest known key where its store has
/// no such option.
StoreUrl store_url(const ConfigFile& config, std::string_view name);

/// A URL, or a name of the configuration file that applies. Errors: ConfigurationError.
StoreUrl resolve_store(std::string_view text);
StoreUrl resolve_store(std::string_view text, const Environment& environment);

}  // namespace dataknobs

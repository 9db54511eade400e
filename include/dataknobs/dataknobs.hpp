// SPDX-License-Identifier: Apache-2.0
#pragma once
/// \file
/// Everything of the public API.

#include <dataknobs/aggregation.hpp>
#include <dataknobs/changes.hpp>
#include <dataknobs/config.hpp>
#include <dataknobs/database.hpp>
#include <dataknobs/deadline.hpp>
#include <dataknobs/error.hpp>
#include <dataknobs/expression.hpp>
#include <dataknobs/functions.hpp>
#include <dataknobs/index.hpp>
#include <dataknobs/mapping.hpp>
#include <dataknobs/names.hpp>
#include <dataknobs/progress.hpp>
#include <dataknobs/query.hpp>
#include <dataknobs/record.hpp>
#include <dataknobs/run.hpp>
#include <dataknobs/stream.hpp>
#include <dataknobs/sync.hpp>
#include <dataknobs/sync_table.hpp>
#include <dataknobs/table.hpp>
#include <dataknobs/task.hpp>
#include <dataknobs/transfer.hpp>
#include <dataknobs/value.hpp>
#include <dataknobs/verify.hpp>

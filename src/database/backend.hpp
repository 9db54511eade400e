// SPDX-License-Identifier: Apache-2.0
#pragma once
// The header moved.
#include <dataknobs/backend/backend.hpp>

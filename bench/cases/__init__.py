# SPDX-License-Identifier: Apache-2.0
"""One module per benchmark, each with a class Case."""

// The PyPA test vectors as test input: tables of cases read from shared/data (ADDER_SHARED, else ../shared).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/json.h"

namespace vectors {

// The text of a file under shared/data; false where it is missing.
bool read(const std::string& relative, std::string& text);
std::string data_root();

// Runs `check` on every case of every table called `test` whose argument names are `arguments` (comma-separated) in
// packaging-vectors/<file>. Skips the test where the folder is missing; fails where the table is.
void each(const std::string& file, const std::string& test, const std::string& arguments,
          const std::function<void(base::JsonValue)>& check);
// The same for a table of poetry-core's (marker-algebra/poetry_core_<file>.json).
void each_of_poetry(const std::string& file, const std::string& test, const std::function<void(base::JsonValue)>& check);
// The constants of such a file.
void with_file(const std::string& file, const std::function<void(base::JsonValue root)>& use);

// Notes in the file that $ADDER_VECTOR_COUNTS names that `cases` cases of a table were run (tests/spec/vectors.py adds them
// up); `each` and `each_of_poetry` do it themselves. `arguments` is "*" for every table of that name.
void ran(const std::string& file, const std::string& test, const std::string& arguments, size_t cases);

// A case value as text: strings as they are, {"!":…,"str":…} objects by their text.
std::string text(base::JsonValue value);

}  // namespace vectors

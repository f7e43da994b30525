// "Which program am I" (design §3): Python, pip or adder, told from argv before anything is set up.
#pragma once

#include <string>
#include <vector>

namespace cli {

enum class Program : uint8_t { Adder, Python, Pip };

// `arguments` includes argv[0]. Python: started as python…, a first argument that begins with one dash or is `-`, or
// one that is no command's name but an existing file or directory. Pip: started as pip….
Program which_program(const std::vector<std::string>& arguments);

}  // namespace cli

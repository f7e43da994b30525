// Small valid wheels made in memory, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

// The bytes of <name>-<version>-py3-none-any.whl with these files besides .dist-info. METADATA gets `metadata` added,
// and a file called `entry_points.txt` goes into .dist-info.
std::string make_wheel(const std::string& name, const std::string& version,
                       const std::vector<std::pair<std::string, std::string>>& files, const std::string& metadata = "");

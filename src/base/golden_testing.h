// SPDX-License-Identifier: Apache-2.0
//
// For tests: files that say what is expected, in a folder of tests/golden. UPDATE_GOLDEN=1 writes
// them anew; the change is read in review.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace cairn::testing {

class GoldenFolder {
 public:
  explicit GoldenFolder(const std::string& name)
      : path_(std::string(CAIRN_SOURCE_DIR) + "/tests/golden/" + name + "/") {}

  std::string read(const std::string& file) const {
    std::ifstream in(path_ + file, std::ios::binary);
    EXPECT_TRUE(in.good()) << path_ + file;
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void expect(const std::string& file, const std::string& actual) const {
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path_ + file, std::ios::binary) << actual;
    }
    EXPECT_EQ(read(file), actual) << file;
  }

 private:
  std::string path_;
};

}  // namespace cairn::testing

// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/posix_error.h"

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

TEST(PosixError, AFullDiskIsResourceExhausted) {
  EXPECT_EQ(posix_error("write", "wal/7", ENOSPC),
            resource_exhausted("write wal/7: No space left on device"));
  EXPECT_EQ(posix_error("write", "wal/7", EDQUOT).code, ErrorCode::kResourceExhausted);
}

TEST(PosixError, AMissingFileIsNotFoundAndAllElseUnavailable) {
  EXPECT_EQ(posix_error("open", "a", ENOENT).code, ErrorCode::kNotFound);
  for (const int number : {EIO, EACCES, EROFS, EMFILE, ENOTDIR}) {
    EXPECT_EQ(posix_error("open", "a", number).code, ErrorCode::kUnavailable);
  }
}

TEST(RetryInterrupted, RepeatsOnlyWhatASignalInterrupted) {
  int calls = 0;
  const auto interrupted_twice = [&] {
    errno = EINTR;
    return ++calls < 3 ? -1 : 5;
  };
  EXPECT_EQ(retry_interrupted(interrupted_twice), 5);
  calls = 0;
  const auto broken = [&] {
    ++calls;
    errno = EIO;
    return -1;
  };
  EXPECT_EQ(retry_interrupted(broken), -1);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace cairn::storage::columnar

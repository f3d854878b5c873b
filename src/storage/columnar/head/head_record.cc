// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/head_record.h"

namespace cairn::storage::columnar {

void encode_head_record(HeadWriter& writer, Bytes& out) {
  static_cast<void>(writer);
  static_cast<void>(out);
}

Result<void> replay_head_record(ByteView record, HeadWriter& writer) {
  static_cast<void>(record);
  static_cast<void>(writer);
  return corruption("head record: not there yet");
}

}  // namespace cairn::storage::columnar

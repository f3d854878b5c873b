// SPDX-License-Identifier: Apache-2.0
//
// A Schema, or what was added to it since a mark, as bytes: part of a WAL record and of a segment.
#pragma once

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/schema/schema.h"

namespace cairn::storage::columnar {

// Appends the entries after `from`, all lists, each before those that refer to it: names,
// resources, scopes, columns, classes, shapes.
void encode_schema(const Schema& schema, const SchemaMark& from, Bytes& out);

// Appends what `encode_schema` wrote to `schema`, copying it. Errors: kCorruption when the bytes
// end early, an entry names another that does not exist, or a limit of schema.h is passed twice
// over; `schema` then holds a part and must be thrown away.
Result<void> decode_schema(ByteReader& in, Schema& schema);

}  // namespace cairn::storage::columnar

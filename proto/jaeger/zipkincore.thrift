// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's spans of version 1 in Thrift, as Zipkin's collectors and Jaeger's agent take them. Names,
// numbers and types are facts of Zipkin's protocol (zipkin-api); numbers that are missing were never
// used or are retired. Times and durations are microseconds.
namespace cpp cairn.interop.zipkincore

struct Endpoint {
  1: i32 ipv4,                           // network order in the number's own: 192.0.2.1 is 0xc0000201
  2: i16 port,                           // unsigned
  3: string service_name,
  4: optional binary ipv6                // 16 bytes
}

// "cs", "cr", "sr", "ss", "ms", "mr", "ws", "wr" say what the span is; others are events.
struct Annotation {
  1: i64 timestamp,
  2: string value,
  3: optional Endpoint host
}

enum AnnotationType { BOOL = 0, BYTES = 1, I16 = 2, I32 = 3, I64 = 4, DOUBLE = 5, STRING = 6 }

// A tag; numbers are big-endian. "sa", "ca", "ma" of type BOOL name the other side, in `host`.
struct BinaryAnnotation {
  1: string key,
  2: binary value,
  3: AnnotationType annotation_type,
  4: optional Endpoint host
}

struct Span {
  1: i64 trace_id,                       // the low half
  3: string name,
  4: i64 id,
  5: optional i64 parent_id,
  6: list<Annotation> annotations,
  8: list<BinaryAnnotation> binary_annotations,
  9: optional bool debug,
  10: optional i64 timestamp,
  11: optional i64 duration,
  12: optional i64 trace_id_high
}

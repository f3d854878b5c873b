// SPDX-License-Identifier: Apache-2.0
// A database driver without an adapter: cairn::sql says what its spans look like.
#include <cstdio>
#include <string>

#include <cairn/adapters/sql_span.h>
#include <cairn/testing.h>

namespace {

struct Result {
  int code = 0;
  std::string sqlstate, message;
};
Result run(const std::string&) {
  return {1, "42S02", "Table 'shop.user' doesn't exist"};
}

// [snippet: call]
Result query(const std::string& statement) {
  cairn::trace::SqlCall call;
  call.system = "mysql";
  call.statement = statement;  // literals in it become ? before they are recorded
  call.database = "shop";
  cairn::trace::SqlSpan span(call);
  const Result result = run(statement);
  if (result.code == 0) {
    span.succeed();
  } else {
    span.fail(result.sqlstate, result.message);
  }
  return result;
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  query("select name from user where id = 7");
  cairn::trace::stop();
  const auto span = memory->span("sql");
  const bool good = span.status == cairn::trace::StatusCode::kError &&
                    span.attributes.at("sql.method") == "QueryRows";
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}

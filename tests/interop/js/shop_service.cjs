// SPDX-License-Identifier: Apache-2.0
//
// One service of the demo application: answers GET, asks the next service first when there is one.
// It knows nothing of tracing. NEXT_URL: the next service; NEXT_BY: how to call it, http or fetch.
const http = require("node:http");

function askByHttp(url) {
  return new Promise((resolve, reject) => {
    http.get(url, (answer) => {
      let text = "";
      answer.on("data", (bytes) => (text += bytes));
      answer.on("end", () => resolve(text));
    }).on("error", reject);
  });
}

async function askNext(path) {
  const { NEXT_URL, NEXT_BY } = process.env;
  if (!NEXT_URL) return "9.99";
  return NEXT_BY === "fetch" ? (await fetch(NEXT_URL + path)).text() : askByHttp(NEXT_URL + path);
}

const server = http.createServer(async (request, answer) => {
  try {
    answer.end(await askNext("/price"));
  } catch (error) {
    answer.statusCode = 502;
    answer.end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));

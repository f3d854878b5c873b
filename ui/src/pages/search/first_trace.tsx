// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { CopyButton } from '../../components/copy_button';

/** Two spans as OTLP JSON, timed by the shell that sends them. */
function command(host: string): string {
  return `now=$(date +%s)
curl http://${host}:4318/v1/traces -H 'content-type: application/json' -d '{
 "resourceSpans": [{
  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "hello"}}]},
  "scopeSpans": [{"spans": [
   {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
    "name": "GET /hello", "kind": 2,
    "startTimeUnixNano": "'$now'000000000", "endTimeUnixNano": "'$now'150000000"},
   {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b175",
    "parentSpanId": "eee19b7ec3c1b174", "name": "SELECT greetings", "kind": 3,
    "attributes": [{"key": "db.system", "value": {"stringValue": "postgresql"}}],
    "startTimeUnixNano": "'$now'040000000", "endTimeUnixNano": "'$now'120000000"}
  ]}]
 }]
}'`;
}

/** What a fresh installation shows: how the first trace gets in. */
export function FirstTrace({ onRetry }: { onRetry: () => void }): JSX.Element {
  const text = command(location.hostname || 'localhost');
  return (
    <div class="first-trace">
      <h1>No traces yet</h1>
      <p>
        Cairn is ready. Point any OpenTelemetry client at this machine, or send a first trace from a
        shell:
      </p>
      <div class="code-block">
        <CopyButton text={text} label="Copy the command" />
        <pre tabIndex={0}><code>{text}</code></pre>
      </div>
      <p><button type="button" class="button primary" onClick={onRetry}>Look again</button></p>
      <h2>Where clients send to</h2>
      <dl class="ports">
        <div><dt>OpenTelemetry</dt><dd>gRPC <code>4317</code>, HTTP <code>4318</code></dd></div>
      </dl>
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
import brave.Span;
import brave.Tracer;
import brave.Tracing;
import brave.propagation.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/**
 * Sends one trace with Brave. Usage: Send JSON|PROTO3 endpoint. Prints the trace as JSON: what the server should know
 * of it, times in microseconds.
 */
public final class Send {
  private static final long START = 1_760_000_000_123_457L;
  private static final List<String> sent = new ArrayList<>();

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static TraceContext record(Span span, String name, String kind, long offset, long duration,
      Map<String, String> tags, String event, String error) {
    span.name(name).start(START + offset);
    if (!kind.equals("internal")) span.kind(Span.Kind.valueOf(kind.toUpperCase()));
    tags.forEach(span::tag);
    if (event != null) span.annotate(START + offset + 1, event);
    if (!error.isEmpty()) span.tag("error", error);
    span.finish(START + offset + duration);
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      text.append(text.isEmpty() ? "" : ",").append(quoted(tag.getKey())).append(':').append(quoted(tag.getValue()));
    }
    TraceContext context = span.context();
    sent.add(String.format(
        "{\"traceId\":\"%s\",\"spanId\":\"%s\",\"parent\":\"%s\",\"name\":\"%s\",\"kind\":\"%s\",\"start\":%d,"
            + "\"duration\":%d,\"tags\":{%s},\"events\":[%s],\"error\":\"%s\"}",
        context.traceIdString(), context.spanIdString(),
        context.parentIdString() == null ? "" : context.parentIdString(), name, kind, START + offset, duration, text,
        event == null ? "" : quoted(event), error));
    return context;
  }

  public static void main(String[] args) throws Exception {
    BytesMessageSender sender =
        URLConnectionSender.newBuilder().endpoint(args[1]).encoding(Encoding.valueOf(args[0])).build();
    AsyncZipkinSpanHandler handler = AsyncZipkinSpanHandler.create(sender);
    Tracing tracing = Tracing.newBuilder().localServiceName("interop-brave").traceId128Bit(true)
        .addSpanHandler(handler).build();
    Tracer tracer = tracing.tracer();
    Map<String, String> tags = new TreeMap<>(Map.of("text", "Grüße, 世界 \"\\\n", "path", "/checkout/42", "empty", ""));
    TraceContext root =
        record(tracer.newTrace(), "GET /Checkout", "server", 0, 1_000_321, tags, "cache miss: Grüße", "");
    Map<String, String> none = Map.of();
    record(tracer.newChild(root), "charge", "client", 10, 321, Map.of("rpc.system", "grpc"), null, "card refused");
    record(tracer.newChild(root), "publish", "producer", 20, 5, none, null, "");
    record(tracer.newChild(root), "consume", "consumer", 30, 5, none, null, "");
    record(tracer.newChild(root), "reckon", "internal", 40, 1, none, null, "");
    tracing.close();
    handler.flush();
    handler.close();
    sender.close();
    System.out.write(("[" + String.join(",", sent) + "]\n").getBytes("UTF-8"));
    System.out.flush();
  }
}

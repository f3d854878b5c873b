# SPDX-License-Identifier: Apache-2.0
"""Sends one trace with one of Python's clients.

Usage: send.py <client> <host> <port>. Prints the trace as JSON: what the server should know of it, times in
microseconds.
"""
import json
import sys

# Fractions that a double has exactly, as py_zipkin counts in seconds.
START = 1_760_000_000.125
TAGS = {"text": "Grüße, 世界 \"\\\n", "text.empty": "", "path": "/checkout/42"}
# name, kind, begin after START, seconds, tags, error
CHILDREN = [
    ("charge", "client", 0.125, 0.25, {"rpc.system": "grpc"}, "card refused"),
    ("publish", "producer", 0.25, 0.125, {}, ""),
    ("consume", "consumer", 0.375, 0.0625, {}, ""),
    ("reckon", "internal", 0.5, 0.03125, {"step": "last"}, ""),
]


def micros(seconds):
    return int(seconds * 1_000_000)


def picture(ids, name, kind, begin, seconds, tags, events, error):
    return dict(zip(("traceId", "spanId", "parent"), ids), name=name, kind=kind, start=micros(begin),
                duration=micros(seconds), tags=tags, events=events, error=error)


def with_py_zipkin(encoding, host, port):
    from py_zipkin import Encoding, Kind
    from py_zipkin.transport import SimpleHTTPTransport
    from py_zipkin.zipkin import zipkin_span

    kinds = {"server": Kind.SERVER, "client": Kind.CLIENT, "producer": Kind.PRODUCER, "consumer": Kind.CONSUMER,
             "internal": Kind.LOCAL}

    def ids(span):
        return span.zipkin_attrs.trace_id, span.zipkin_attrs.span_id, span.zipkin_attrs.parent_span_id or ""

    sent = []
    with zipkin_span(service_name="interop-python", span_name="get /checkout", kind=kinds["server"], sample_rate=100,
                     annotations={"cache miss": START + 0.5}, binary_annotations=TAGS,
                     transport_handler=SimpleHTTPTransport(host, port), encoding=Encoding[encoding],
                     use_128bit_trace_id=True, report_root_timestamp=True, port=8080, host="192.0.2.1") as root:
        sent.append(picture(ids(root), "get /checkout", "server", START, 1.0, TAGS, ["cache miss"], ""))
        # The outermost span's times are the client's own.
        sent[0].update(start=None, duration=None)
        for name, kind, begin, seconds, tags, error in CHILDREN:
            all_tags = dict(tags, error=error) if error else tags
            with zipkin_span(service_name="interop-python", span_name=name, kind=kinds[kind], timestamp=START + begin,
                             duration=seconds, binary_annotations=dict(all_tags), port=8080,
                             host="192.0.2.1") as child:
                sent.append(picture(ids(child), name, kind, START + begin, seconds, tags, [], error))
    return sent


def with_opentelemetry(exporter, event_text=lambda name: name):
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    def nanos(seconds):
        return micros(seconds) * 1_000

    provider = TracerProvider(resource=Resource({"service.name": "interop-python"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("cairn-interop")
    sent = []

    def record(parent, name, kind, begin, seconds, tags, events, error):
        span = tracer.start_span(name, parent, trace.SpanKind[kind.upper()], attributes=tags, start_time=nanos(begin))
        for event in events:
            span.add_event(event, timestamp=nanos(begin))
        if error:
            span.set_status(trace.StatusCode.ERROR, error)
        span.end(nanos(begin + seconds))
        parent_id = trace.format_span_id(span.parent.span_id) if span.parent else ""
        ids = trace.format_trace_id(span.context.trace_id), trace.format_span_id(span.context.span_id), parent_id
        sent.append(picture(ids, name, kind, begin, seconds, tags, [event_text(event) for event in events], error))
        return trace.set_span_in_context(span)

    inside = record(None, "GET /checkout", "server", START, 1.0, dict(TAGS, number=42, half=0.5, sure=True),
                    ["cache miss"], "")
    for name, kind, begin, seconds, tags, error in CHILDREN:
        record(inside, name, kind, START + begin, seconds, tags, [], error)
    provider.shutdown()
    return sent


def main():
    client, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if client.startswith("py_zipkin "):
        sent = with_py_zipkin(client.split()[1], host, port)
    elif client == "opentelemetry zipkin json":
        from opentelemetry.exporter.zipkin.json import ZipkinExporter
        exporter = ZipkinExporter(endpoint=f"http://{host}:{port}/api/v2/spans")
        sent = with_opentelemetry(exporter, lambda name: json.dumps({name: {}}))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        sent = with_opentelemetry(OTLPSpanExporter(endpoint=f"http://{host}:{port}/v1/traces"))
    json.dump(sent, sys.stdout)


main()

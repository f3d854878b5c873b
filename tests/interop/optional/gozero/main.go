// SPDX-License-Identifier: Apache-2.0

// Sends one trace through go-zero's tracing, as a service that is configured with that batcher does.
// Usage: gozero <batcher> <endpoint>. Prints the trace as JSON: what the server should know of it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/zeromicro/go-zero/core/logx"
	zerotrace "github.com/zeromicro/go-zero/core/trace"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var start = time.UnixMicro(1_760_000_000_123_457)

// A span as the test compares it; times are microseconds.
type sent struct {
	TraceID  string         `json:"traceId"`
	SpanID   string         `json:"spanId"`
	Parent   string         `json:"parent"`
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Start    int64          `json:"start"`
	Duration int64          `json:"duration"`
	Tags     map[string]any `json:"tags"`
	Events   []string       `json:"events"`
	Error    string         `json:"error"`
}

type step struct {
	name   string
	kind   trace.SpanKind
	begin  time.Duration
	length time.Duration
	tags   map[string]any
	events []string
	fails  string
}

func attributes(tags map[string]any) (list []attribute.KeyValue) {
	for key, value := range tags {
		switch v := value.(type) {
		case string:
			list = append(list, attribute.String(key, v))
		case bool:
			list = append(list, attribute.Bool(key, v))
		case float64:
			list = append(list, attribute.Float64(key, v))
		case int:
			list = append(list, attribute.Int(key, v))
		}
	}
	return list
}

func run(ctx context.Context, s step) (context.Context, sent) {
	begin := start.Add(s.begin)
	parent := trace.SpanContextFromContext(ctx).SpanID()
	ctx, span := otel.Tracer(zerotrace.TraceName).Start(ctx, s.name, trace.WithSpanKind(s.kind),
		trace.WithTimestamp(begin), trace.WithAttributes(attributes(s.tags)...))
	for i, event := range s.events {
		span.AddEvent(event, trace.WithTimestamp(begin.Add(time.Duration(i)*time.Microsecond)))
	}
	if s.fails != "" {
		span.SetStatus(codes.Error, errors.New(s.fails).Error())
	}
	span.End(trace.WithTimestamp(begin.Add(s.length)))
	made := sent{TraceID: span.SpanContext().TraceID().String(), SpanID: span.SpanContext().SpanID().String(),
		Name: s.name, Kind: s.kind.String(), Start: begin.UnixMicro(), Duration: s.length.Microseconds(),
		Tags: s.tags, Events: s.events, Error: s.fails}
	if parent.IsValid() {
		made.Parent = parent.String()
	}
	return ctx, made
}

func main() {
	logx.Disable()
	zerotrace.StartAgent(zerotrace.Config{Name: "interop-gozero", Batcher: os.Args[1], Endpoint: os.Args[2], Sampler: 1})
	tags := map[string]any{"text": "Grüße, 世界 \"\\\n", "int": 42, "int.negative": -7, "double": 0.5, "bool": true}
	ctx, root := run(context.Background(), step{"/api/checkout/:id", trace.SpanKindServer, 0, time.Second, tags, []string{"cache miss", "Grüße"}, ""})
	spans := []sent{root}
	for _, s := range []step{
		{"cards.Charge/Do", trace.SpanKindClient, 10 * time.Microsecond, 321 * time.Microsecond, map[string]any{"rpc.system": "grpc"}, nil, "card refused"},
		{"queue.publish", trace.SpanKindProducer, 20 * time.Microsecond, 5 * time.Microsecond, nil, nil, ""},
		{"queue.consume", trace.SpanKindConsumer, 30 * time.Microsecond, 5 * time.Microsecond, nil, nil, ""},
		{"reckon", trace.SpanKindInternal, 40 * time.Microsecond, 1 * time.Microsecond, nil, nil, ""},
	} {
		_, child := run(ctx, s)
		spans = append(spans, child)
	}
	zerotrace.StopAgent()
	if err := json.NewEncoder(os.Stdout).Encode(spans); err != nil {
		panic(err)
	}
}

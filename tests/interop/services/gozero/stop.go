// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/zeromicro/go-queue/kq"
	zerotrace "github.com/zeromicro/go-zero/core/trace"
	"github.com/zeromicro/go-zero/rest/httpc"
	"github.com/zeromicro/go-zero/rest/pathvar"
	"github.com/zeromicro/go-zero/zrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
)

var errNoStock = errors.New("no stock")

// Where a request stops on its way. What is left of the way is text, "grpc-cpp.http-go.end": how to
// get to the next stop, and who that is; at last `end`, or `fail`.
type stop struct {
	cppHTTP, nobodyHTTP string
	cppRPC, nobodyRPC   zrpc.Client
	pusher              *kq.Pusher // nil without Kafka
}

func (s *stop) next(ctx context.Context, way string) error {
	step, rest, _ := strings.Cut(way, ".")
	switch step {
	case "end":
		return arrive(ctx)
	case "fail":
		return errNoStock
	case "http-cpp":
		return get(ctx, s.cppHTTP, rest)
	case "http-nobody":
		return get(ctx, s.nobodyHTTP, rest)
	case "grpc-cpp":
		return reserve(ctx, s.cppRPC.Conn(), rest)
	case "grpc-nobody":
		return reserve(ctx, s.nobodyRPC.Conn(), rest)
	case "stream-cpp":
		return watch(ctx, s.cppRPC.Conn(), rest)
	case "kafka-cpp":
		return s.pusher.Push(ctx, rest)
	}
	return fmt.Errorf("no way from here: %q", way)
}

// A span of the service's own, with what the caller's baggage says. Not by TracerFromContext: in a
// kq consumer, where the span of the context is another process's, it makes no spans.
func arrive(ctx context.Context) error {
	_, span := otel.Tracer(zerotrace.TraceName).Start(ctx, "arrived")
	defer span.End()
	for _, member := range baggage.FromContext(ctx).Members() {
		span.SetAttributes(attribute.String("baggage."+member.Key(), member.Value()))
	}
	return nil
}

// `base` is "http://host:port".
func get(ctx context.Context, base, way string) error {
	request := struct {
		Way  string `path:"way"`
		From string `form:"from"`
	}{way, "go"}
	response, err := httpc.Do(ctx, http.MethodGet, base+"/hop/:way", request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errNoStock
	}
	return nil
}

func (s *stop) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if err := s.next(r.Context(), pathvar.Vars(r)["way"]); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// ../cpp/stock.proto, by hand: its messages are protobuf's own, so no code is generated here.
const (
	reserveMethod = "/interop.Stock/Reserve"
	watchMethod   = "/interop.Stock/Watch"
)

// How many messages a Watch has in each direction; the first request says what is left of the way.
const watchMessages = 3

// A call that its server answers only when its caller has given up, and the time until then: long
// enough for it to arrive.
const (
	slow        = "slow"
	slowTimeout = 2 * time.Second
)

var stockService = grpc.ServiceDesc{
	ServiceName: "interop.Stock",
	HandlerType: (*any)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "Reserve", Handler: serveReserve}},
	Streams:     []grpc.StreamDesc{{StreamName: "Watch", Handler: serveWatch, ServerStreams: true, ClientStreams: true}},
}

func grpcError(err error) error {
	if err == nil {
		return nil
	}
	return status.Error(codes.FailedPrecondition, errNoStock.Error())
}

func serveReserve(s any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	request := new(wrapperspb.StringValue)
	if err := decode(request); err != nil {
		return nil, err
	}
	handle := func(ctx context.Context, _ any) (any, error) {
		if request.Value == slow {
			<-ctx.Done()
			return nil, status.FromContextError(ctx.Err()).Err()
		}
		if err := grpcError(s.(*stop).next(ctx, request.Value)); err != nil {
			return nil, err
		}
		return wrapperspb.String("reserved"), nil
	}
	return intercept(ctx, request, &grpc.UnaryServerInfo{Server: s, FullMethod: reserveMethod}, handle)
}

func serveWatch(s any, stream grpc.ServerStream) error {
	for i := 0; ; i++ {
		request := new(wrapperspb.StringValue)
		if err := stream.RecvMsg(request); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if i == 0 {
			if err := grpcError(s.(*stop).next(stream.Context(), request.Value)); err != nil {
				return err
			}
		}
		if err := stream.SendMsg(wrapperspb.String("left")); err != nil {
			return err
		}
	}
}

func reserve(ctx context.Context, peer *grpc.ClientConn, way string) error {
	if way == slow {
		limited, cancel := context.WithTimeout(ctx, slowTimeout)
		defer cancel()
		ctx = limited
	}
	return peer.Invoke(ctx, reserveMethod, wrapperspb.String(way), new(wrapperspb.StringValue))
}

// One message there, one back, and so on; then the end.
func watch(ctx context.Context, peer *grpc.ClientConn, way string) error {
	both := grpc.StreamDesc{StreamName: "Watch", ServerStreams: true, ClientStreams: true}
	stream, err := peer.NewStream(ctx, &both, watchMethod)
	if err != nil {
		return err
	}
	for range watchMessages {
		if err := stream.SendMsg(wrapperspb.String(way)); err != nil {
			return err
		}
		if err := stream.RecvMsg(new(wrapperspb.StringValue)); err != nil {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if err := stream.RecvMsg(new(wrapperspb.StringValue)); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

// A go-zero service that is a stop on the way of a request: it is asked over REST, zrpc or kq which
// stops are left, and asks the next one. Usage: services <configuration>. See ../README.md.
package main

import (
	"context"
	"os"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-queue/kq"
	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/core/logx"
	"github.com/zeromicro/go-zero/core/service"
	"github.com/zeromicro/go-zero/rest"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
)

// The configuration, blocks as go-zero's services have them.
type config struct {
	rest.RestConf
	Rpc     zrpc.RpcServerConf
	Queue   kq.KqConf `json:",optional"` // without it there is no Kafka
	CppHTTP string    // "http://host:port"
	CppRPC  zrpc.RpcClientConf
	CppTo   string `json:",optional"` // the topic that the C++ service reads
	// Where nobody listens.
	NobodyHTTP string
	NobodyRPC  zrpc.RpcClientConf
}

// Both topics, with one partition each: what arrives is in order.
func makeTopics(broker string, topics ...string) error {
	connection, err := kafka.Dial("tcp", broker)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(30 * time.Second))
	configs := make([]kafka.TopicConfig, len(topics))
	for i, topic := range topics {
		configs[i] = kafka.TopicConfig{Topic: topic, NumPartitions: 1, ReplicationFactor: 1}
	}
	return connection.CreateTopics(configs...)
}

// The queue's side of the service, unless the configuration has none.
func addQueue(c config, group *service.ServiceGroup, s *stop) {
	if c.Queue.Topic == "" {
		return
	}
	logx.Must(makeTopics(c.Queue.Brokers[0], c.Queue.Topic, c.CppTo))
	s.pusher = kq.NewPusher(c.Queue.Brokers, c.CppTo)
	handle := func(ctx context.Context, _, value string) error { return s.next(ctx, value) }
	group.Add(kq.MustNewQueue(c.Queue, kq.WithHandle(handle)))
}

func main() {
	var c config
	conf.MustLoad(os.Args[1], &c)
	server := rest.MustNewServer(c.RestConf) // first: its Telemetry block is the one that counts
	s := &stop{
		cppHTTP: c.CppHTTP, cppRPC: zrpc.MustNewClient(c.CppRPC),
		nobodyHTTP: c.NobodyHTTP, nobodyRPC: zrpc.MustNewClient(c.NobodyRPC),
	}
	server.AddRoute(rest.Route{Method: "GET", Path: "/hop/:way", Handler: s.serveHTTP})
	server.AddRoute(rest.Route{Method: "POST", Path: "/hop/:way", Handler: s.serveHTTP})

	group := service.NewServiceGroup()
	defer group.Stop()
	group.Add(server)
	group.Add(zrpc.MustNewServer(c.Rpc, func(g *grpc.Server) { g.RegisterService(&stockService, s) }))
	addQueue(c, group, s)
	group.Start()
}

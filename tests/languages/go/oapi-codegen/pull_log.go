package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"slices"
	"time"

	"example/dcs"
)

func main() {
	ctx, project, logType := context.Background(), os.Getenv("OTCDB_PROJECT_ID"), dcs.RedislogType("run")
	client, _ := dcs.NewClientWithResponses(os.Getenv("OTCDB_DCS_ENDPOINT"), dcs.WithRequestEditorFn(sign))
	instances, limit := []dcs.InstanceListInfo{}, dcs.LimitTo1000(2)
	for size := -1; size < len(instances); {
		size = len(instances)
		offset := dcs.Offset(size)
		page := try(client.ListInstancesWithResponse(ctx, project, &dcs.ListInstancesParams{Offset: &offset, Limit: &limit}))
		instances = append(instances, *page.JSON200.Instances...)
	}
	named := func(one dcs.InstanceListInfo) bool { return one.Name == os.Args[1] }
	instance := instances[slices.IndexFunc(instances, named)].InstanceId
	try(client.CreateRedislogWithResponse(ctx, project, instance, &dcs.CreateRedislogParams{LogType: logType}))
	logs := try(client.ListRedislogWithResponse(ctx, project, instance, &dcs.ListRedislogParams{LogType: logType}))
	for logs.JSON200 == nil || *(*logs.JSON200.FileList)[0].Status != "succeed" {
		time.Sleep(time.Second)
		logs = try(client.ListRedislogWithResponse(ctx, project, instance, &dcs.ListRedislogParams{LogType: logType}))
	}
	link := try(client.CreateRedislogDownloadLinkWithResponse(ctx, project, instance, (*logs.JSON200.FileList)[0].Id))
	try(io.Copy(try(os.Create("redis.log")), try(http.Get(*link.JSON200.Link)).Body))
}

func sign(_ context.Context, request *http.Request) error {
	request.Header.Set("X-Auth-Token", os.Getenv("OTCDB_TOKEN"))
	return nil
}

func try[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"time"

	"example/dcs"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/securityprovider"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	ctx, project, instances := context.Background(), os.Getenv("OTCDB_PROJECT_ID"), []dcs.InstanceListInfo{}
	token := must(securityprovider.NewSecurityProviderApiKey("header", "X-Auth-Token", os.Getenv("OTCDB_TOKEN")))
	client := must(dcs.NewClientWithResponses(os.Getenv("OTCDB_DCS_ENDPOINT"), dcs.WithRequestEditorFn(token.Intercept)))
	for more := true; more; {
		pages := dcs.ListInstancesParams{Offset: new(dcs.Offset(len(instances))), Limit: new(dcs.LimitTo1000(2))}
		page := must(client.ListInstancesWithResponse(ctx, project, &pages))
		instances = append(instances, *page.JSON200.Instances...)
		more = len(*page.JSON200.Instances) > 0
	}
	at := slices.IndexFunc(instances, func(one dcs.InstanceListInfo) bool { return one.Name == os.Args[1] })
	instance, file := instances[at].InstanceId, dcs.RunlogItem{Status: new("")}
	must(client.CreateRedislogWithResponse(ctx, project, instance, &dcs.CreateRedislogParams{LogType: "run"}))
	for *file.Status != "succeed" && *file.Status != "failed" {
		time.Sleep(time.Second)
		logs := must(client.ListRedislogWithResponse(ctx, project, instance, &dcs.ListRedislogParams{LogType: "run"}))
		if logs.StatusCode() != http.StatusNoContent {
			file = (*logs.JSON200.FileList)[0]
		}
	}
	link := must(client.CreateRedislogDownloadLinkWithResponse(ctx, project, instance, file.Id))
	if link.JSON200 == nil {
		log.Fatalf("the log is %s: %s", *file.Status, link.Body)
	}
	must(io.Copy(must(os.Create("redis.log")), must(http.Get(*link.JSON200.Link)).Body))
}

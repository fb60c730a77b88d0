// Decodes cases with a client of oapi-codegen: decode < CASES > RESULTS
//
// The package `generated` beside it is the client of one service.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"

	"otcdb.test/clients/generated"
)

type testCase struct {
	ID        int     `json:"id"`
	Operation string  `json:"operation"`
	Status    int     `json:"status"`
	Body      *string `json:"body"`
}

type result struct {
	ID    int    `json:"id"`
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

// Do answers each request with the case, in place of a service.
func (c *testCase) Do(*http.Request) (*http.Response, error) {
	body := ""
	if c.Body != nil {
		body = *c.Body
	}
	return &http.Response{
		StatusCode: c.Status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
	}, nil
}

// decode calls the operation, with zeros for its arguments, and returns the field that its response was decoded into.
func (c *testCase) decode() (value any, err error) {
	client, err := generated.NewClientWithResponses("http://localhost", generated.WithHTTPClient(c))
	if err != nil {
		return nil, err
	}
	method := reflect.ValueOf(client).MethodByName(c.Operation + "WithResponse")
	if !method.IsValid() {
		return nil, fmt.Errorf("the client has no %s", c.Operation)
	}
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	for at := 1; at < method.Type().NumIn()-1; at++ {
		arguments = append(arguments, reflect.Zero(method.Type().In(at)))
	}
	returned := method.Call(arguments)
	if err, failed := returned[1].Interface().(error); failed {
		return nil, err
	}
	response := returned[0].Elem()
	for at := range response.NumField() {
		field := response.Field(at)
		if strings.HasPrefix(response.Type().Field(at).Name, "JSON") && !field.IsNil() {
			return field.Interface(), nil
		}
	}
	return nil, nil
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		var c testCase
		if err := in.Decode(&c); err == io.EOF {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		told := result{ID: c.ID}
		value, err := c.decode()
		if err != nil {
			told.Error = err.Error()
		} else {
			told.Value = value
		}
		if err := out.Encode(told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// Calls with a client of oapi-codegen: driver, with SERVER and TOKEN in its environment
//
// The package `generated` beside it is the client of one service.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"reflect"
	"strings"

	"otcdb.test/clients/generated"
)

type call struct {
	Operation string                     `json:"operation"`
	Path      json.RawMessage            `json:"path"`
	Query     map[string]json.RawMessage `json:"query"`
	Header    map[string]json.RawMessage `json:"header"`
	Body      json.RawMessage            `json:"body"`
}

type result struct {
	Status int    `json:"status,omitempty"`
	Value  any    `json:"value,omitempty"`
	Error  string `json:"error,omitempty"`
}

// pathValues are the values of an object in their order, which is that of the path.
func pathValues(object json.RawMessage) ([]json.RawMessage, error) {
	decoder := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	var values []json.RawMessage
	for decoder.More() {
		var value json.RawMessage
		if _, err := decoder.Token(); err != nil {
			return nil, err
		}
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// named are the parameters that are no part of the path, as one object.
func (c *call) named() (json.RawMessage, error) {
	all := maps.Clone(c.Query)
	maps.Copy(all, c.Header)
	return json.Marshal(all)
}

// arguments are decoded into the types that the method of the client declares: the parameters of the path, a struct of the
// other ones, and the body.
func (c *call) arguments(method reflect.Type) ([]reflect.Value, error) {
	values, err := pathValues(c.Path)
	if err != nil {
		return nil, err
	}
	// The context comes before these, and what may edit a request comes after them.
	wanted := method.NumIn() - 2
	if c.Body != nil {
		wanted--
	}
	if len(values) < wanted {
		named, err := c.named()
		if err != nil {
			return nil, err
		}
		values = append(values, named)
	} else if len(c.Query)+len(c.Header) > 0 {
		return nil, errors.New("the client takes no parameters but those of the path")
	}
	if c.Body != nil {
		values = append(values, c.Body)
	}
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	for at, value := range values {
		argument := reflect.New(method.In(at + 1))
		decoder := json.NewDecoder(strings.NewReader(string(value)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(argument.Interface()); err != nil {
			return nil, err
		}
		arguments = append(arguments, argument.Elem())
	}
	return arguments, nil
}

// make returns the status, and the field that the response was decoded into.
func (c *call) make(client *generated.ClientWithResponses) (status int, value any, err error) {
	method := reflect.ValueOf(client).MethodByName(c.Operation + "WithResponse")
	if !method.IsValid() {
		return 0, nil, fmt.Errorf("the client has no %s", c.Operation)
	}
	arguments, err := c.arguments(method.Type())
	if err != nil {
		return 0, nil, err
	}
	returned := method.Call(arguments)
	if err, failed := returned[1].Interface().(error); failed {
		return 0, nil, err
	}
	response := returned[0].Elem()
	status = returned[0].Interface().(interface{ StatusCode() int }).StatusCode()
	for at := range response.NumField() {
		field := response.Field(at)
		if strings.HasPrefix(response.Type().Field(at).Name, "JSON") && !field.IsNil() {
			return status, field.Interface(), nil
		}
	}
	return status, nil, nil
}

func run() error {
	sign := generated.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("X-Auth-Token", os.Getenv("TOKEN"))
		return nil
	})
	client, err := generated.NewClientWithResponses(os.Getenv("SERVER"), sign)
	if err != nil {
		return err
	}
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		var c call
		if err := in.Decode(&c); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var told result
		if told.Status, told.Value, err = c.make(client); err != nil {
			told.Error = err.Error()
		}
		if err := out.Encode(told); err != nil {
			return err
		}
	}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

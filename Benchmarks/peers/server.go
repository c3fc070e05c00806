// A server as one writes it in Go: server ADDRESS SIZE
package main

import (
	"bytes"
	"log"
	"net/http"
	"os"
	"strconv"
)

func main() {
	size, _ := strconv.Atoi(os.Args[2])
	body := bytes.Repeat([]byte("x"), size)
	http.HandleFunc("/status", func(answer http.ResponseWriter, request *http.Request) {
		answer.Header().Set("Content-Type", "application/json")
		answer.Write(body)
	})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

// Command go-template records what Go does with the corpora of two of our crates, as the oracle of their tests.
//
//	go run . templates ../../crates/go-template/tests/corpus
//	go run . yaml ../../crates/yaml/tests/corpus
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: go-template templates|yaml FOLDER"))
	}
	record := map[string]func(string, string) (result, error){"templates": renderer(os.Args[2]), "yaml": readYAML}[os.Args[1]]
	if record == nil {
		fail(fmt.Errorf("unknown corpus %q", os.Args[1]))
	}
	files, err := filepath.Glob(filepath.Join(os.Args[2], "*.txt"))
	fail(err)
	sort.Strings(files)
	for _, file := range files {
		fail(recordFile(file, record))
	}
}

// result is what Go made of one case.
type result struct {
	Input  string `json:"input"`
	Output any    `json:"output,omitempty"`
	Text   string `json:"text,omitempty"`
	Error  string `json:"error,omitempty"`
}

// recordFile runs the cases of a file, which lines of four dashes separate, and writes FILE.golden.json.
func recordFile(file string, record func(name, input string) (result, error)) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".txt")
	var results []result
	for _, input := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n----\n") {
		one, err := record(name, input)
		one.Input = input
		if err != nil {
			one.Error = err.Error()
		}
		results = append(results, one)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(results); err != nil {
		return err
	}
	return os.WriteFile(strings.TrimSuffix(file, ".txt")+".golden.json", out.Bytes(), 0o644)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

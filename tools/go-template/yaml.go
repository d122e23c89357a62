package main

import (
	"encoding/json"
	"errors"

	"gopkg.in/yaml.v2"
	kube "sigs.k8s.io/yaml"
)

// readYAML reads one document as Kubernetes does, and writes it again as go-yaml does.
func readYAML(_, input string) (result, error) {
	text, err := kube.YAMLToJSONStrict([]byte(input))
	if err != nil {
		// The words are the library's own; that there is a fault is what counts.
		return result{}, errors.New("refused")
	}
	var value any
	if err := yaml.Unmarshal([]byte(input), &value); err != nil {
		return result{}, err
	}
	written, err := yaml.Marshal(value)
	return result{Output: json.RawMessage(text), Text: string(written)}, err
}

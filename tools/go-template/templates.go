package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"gopkg.in/yaml.v2"
)

// context is the dot of a plan's templates.
type context struct {
	Vars        map[string]any
	Args        map[string]string
	PlanPath    string
	ProjectPath string
}

// renderer renders templates with the data of a folder, fresh for each.
func renderer(folder string) func(name, input string) (result, error) {
	return func(name, input string) (result, error) {
		data, err := os.ReadFile(filepath.Join(folder, "data.yaml"))
		fail(err)
		dot := context{Args: map[string]string{"env": "dev", "tag": "v1.2"}, PlanPath: "/plan", ProjectPath: "/project"}
		fail(yaml.UnmarshalStrict(data, &dot.Vars))
		parsed, err := template.New(name).Funcs(sprig.TxtFuncMap()).Funcs(planFuncs()).Parse(input)
		if err != nil {
			return result{}, err
		}
		var out strings.Builder
		if err := parsed.Execute(&out, dot); err != nil {
			return result{}, err
		}
		return result{Text: out.String()}, nil
	}
}

type pair struct {
	Key   string
	Value any
}

// planFuncs are the functions that plans have beside sprig's, as the specification of shuttle describes them.
func planFuncs() template.FuncMap {
	return template.FuncMap{
		"get": get,
		"string": func(path string, value any) string {
			if found := get(path, value); found != nil {
				return fmt.Sprintf("%v", found)
			}
			return ""
		},
		"int": func(path string, value any) int {
			if found := get(path, value); found != nil {
				return found.(int)
			}
			return 0
		},
		"array": func(path string, value any) any {
			found := get(path, value)
			switch reflect.ValueOf(found).Kind() {
			case reflect.Slice:
				return found
			case reflect.Map:
				values := []any{}
				for _, pair := range pairs(found) {
					values = append(values, pair.Value)
				}
				return values
			}
			return nil
		},
		"objectArray": func(path string, value any) []pair { return pairs(get(path, value)) },
		"is":          func(a, b any) bool { return a == b },
		"isnt":        func(a, b any) bool { return a != b },
		"strConst":    func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, ".", "_")) },
		"upperFirst":  func(s string) string { return strings.ToUpper(s[:1]) + s[1:] },
		"rightPad":    func(s string, n int) string { return fmt.Sprintf("%-*s", n, s) },
		"trim":        strings.TrimSpace,
		"toYaml": func(value any) (string, error) {
			text, err := yaml.Marshal(value)
			return string(text), err
		},
		"fromYaml": func(text string) (map[string]any, error) {
			value := map[string]any{}
			return value, yaml.Unmarshal([]byte(text), &value)
		},
	}
}

func get(path string, value any) any {
	for _, name := range strings.Split(path, ".") {
		switch typed := value.(type) {
		case map[string]any:
			value = typed[name]
		case map[any]any:
			value = typed[name]
		case map[string]string:
			if text, ok := typed[name]; ok {
				value = text
			} else {
				value = nil
			}
		case nil, []any, string, bool, int:
			return nil
		default:
			panic(fmt.Sprintf("unexpected type %T", value))
		}
	}
	return value
}

func pairs(value any) []pair {
	found := []pair{}
	switch typed := value.(type) {
	case map[string]any:
		for key, value := range typed {
			found = append(found, pair{key, value})
		}
	case map[any]any:
		for key, value := range typed {
			found = append(found, pair{key.(string), value})
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Key < found[j].Key })
	return found
}

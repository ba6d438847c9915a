package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// TestDeploy runs what docs/deploy.md tells systemd, Docker and Kubernetes to run,
// with the file of the ConfigMap, on free ports of loopback.
func TestDeploy(t *testing.T) {
	text := read(t, "../../docs/deploy.md")
	block := func(language, with string) string {
		t.Helper()
		for part := range strings.SplitSeq(text, "\n```"+language+"\n") {
			if part, _, _ = strings.Cut(part, "\n```"); strings.Contains(part, with) && !strings.HasPrefix(part, "# Deploying") {
				return part + "\n"
			}
		}
		t.Fatalf("docs/deploy.md has no %s with %s", language, with)
		return ""
	}
	match := func(pattern, text string) string {
		t.Helper()
		found := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("no match of %s in\n%s", pattern, text)
		}
		return found[1]
	}
	unit := block("ini", "[Service]")
	cluster := strings.Split(block("yaml", "kind: ConfigMap"), "\n---\n")
	var config struct{ Data map[string]string }
	var deployment struct {
		Spec struct {
			Template struct {
				Spec struct{ Containers []container }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(cluster[0]), &config); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(cluster[1]), &deployment); err != nil {
		t.Fatal(err)
	}
	pod := deployment.Spec.Template.Spec.Containers[0]
	var entrypoint []string
	if err := json.Unmarshal([]byte(match(`(?m)^ENTRYPOINT (.*)$`, block("dockerfile", "FROM"))), &entrypoint); err != nil {
		t.Fatal(err)
	}
	mounted := pod.VolumeMounts[0].MountPath + "/cors.yaml"
	if !slices.Contains(entrypoint, mounted) {
		t.Errorf("the image starts %q, and the file is mounted as %s", entrypoint, mounted)
	}
	for _, port := range []string{":8080", ":9100"} {
		if !strings.Contains(config.Data["cors.yaml"], `"`+port+`"`) || !slices.ContainsFunc(pod.Ports, func(p containerPort) bool { return port == ":"+p.ContainerPort }) {
			t.Errorf("the port %s is not both in cors.yaml and in the container's", port)
		}
	}

	path := filepath.Join(t.TempDir(), "cors.yaml")
	file := strings.NewReplacer(`":8080"`, `"localhost:0"`, `":9100"`, `"localhost:0"`, "drainDelay: 10s, ", "").Replace(config.Data["cors.yaml"])
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	here := func(words []string) []string {
		for i, word := range words {
			if word == mounted {
				words[i] = path
			}
		}
		return words[1:]
	}
	if out, code := run(t, here(strings.Fields(match(`(?m)^ExecStartPre=(.*)$`, unit)))); code != 0 {
		t.Errorf("ExecStartPre ends with %d\n%s", code, out)
	}
	for name, words := range map[string][]string{"systemd": strings.Fields(match(`(?m)^ExecStart=(.*)$`, unit)), "Docker": entrypoint} {
		t.Run(name, func(t *testing.T) { deployed(t, here(words), pod) })
	}
}

// A container is the part of a pod that is looked at.
type container struct {
	Ports        []containerPort
	VolumeMounts []struct {
		MountPath string `yaml:"mountPath"`
	} `yaml:"volumeMounts"`
	ReadinessProbe probe `yaml:"readinessProbe"`
	LivenessProbe  probe `yaml:"livenessProbe"`
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

type containerPort struct {
	Name          string
	ContainerPort string `yaml:"containerPort"`
}

func run(t *testing.T, args []string) (out string, code int) {
	t.Helper()
	var b bytes.Buffer
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(&b)
	root.SetErr(&b)
	err := root.ExecuteContext(t.Context())
	return b.String(), report(&b, err)
}

// deployed starts the gateway and asks it what a kubelet and a browser ask.
func deployed(t *testing.T, args []string, pod container) {
	ctx, stop := context.WithCancel(t.Context())
	said := new(saying)
	root := newRootCommand()
	root.SetArgs(args)
	root.SetOut(said)
	root.SetErr(said)
	ended := make(chan error, 1)
	go func() { ended <- root.ExecuteContext(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	const patience = 20 * time.Second
	var serving struct {
		Listeners []string
		Admin     string
	}
	for end := time.Now().Add(patience); serving.Admin == ""; time.Sleep(5 * time.Millisecond) {
		if line, _, whole := strings.Cut(said.String(), "\n"); whole {
			if err := json.Unmarshal([]byte(line), &serving); err != nil {
				t.Fatalf("%v in %s", err, line)
			}
		}
		if time.Now().After(end) || len(ended) > 0 {
			t.Fatalf("it does not say that it serves:\n%s", said)
		}
	}
	for _, probe := range []string{pod.ReadinessProbe.HTTPGet.Path, pod.LivenessProbe.HTTPGet.Path} {
		response, err := http.Get(serving.Admin + probe)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 {
			t.Errorf("GET %s: status %d", probe, response.StatusCode)
		}
	}
	preflight, err := http.NewRequestWithContext(ctx, "OPTIONS", serving.Listeners[0]+"/items/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	preflight.Host = "api.example.com"
	preflight.Header.Set("Origin", "https://app.example.com")
	preflight.Header.Set("Access-Control-Request-Method", "PUT")
	response, err := http.DefaultClient.Do(preflight)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 204 || response.Header.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
		t.Errorf("a preflight gets the status %d and %v", response.StatusCode, response.Header)
	}
}

// saying is what a command that still runs has said.
type saying struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *saying) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *saying) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

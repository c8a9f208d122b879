package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

// healthcheckTimeout bounds the wait for an answer; /readyz itself takes two seconds at most.
const healthcheckTimeout = 4 * time.Second

// healthcheck asks the server that listens at the configured addresses whether it is ready, for images without a shell.
func healthcheck(ctx context.Context, cfg config, stdout io.Writer, _ *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, healthcheckTimeout)
	defer cancel()
	url := "http://" + reachableHere(cmp.Or(cfg.metricsAddr, cfg.addr)) + "/readyz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err // it names the URL
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		_, err = fmt.Fprintln(stdout, "ready")
		return err
	}
	var answer struct{ Reason string }
	if json.NewDecoder(io.LimitReader(response.Body, 4<<10)).Decode(&answer) != nil || answer.Reason == "" {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	return errors.New("not ready: " + answer.Reason)
}

// onlyAddresses returns the variables of an environment that say where the server listens.
func onlyAddresses(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		return !strings.HasPrefix(entry, prefix+"ADDR=") && !strings.HasPrefix(entry, prefix+"METRICS_ADDR=")
	})
}

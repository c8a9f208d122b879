package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"antwon.dj/backend/internal/telemetry"
)

// otelPrefix begins the names of OpenTelemetry's own variables. Those that are not read here are for the library, or
// for other programs.
const otelPrefix = "OTEL_"

// otel reads OpenTelemetry's variables. Their names and values are those of its specification ("SDK configuration").
type otel struct {
	*parser
	given map[string]string
}

// tracing reads which traces are exported, and to which collector.
func (p *parser) tracing(environ []string) telemetry.Config {
	o := otel{p, map[string]string{}}
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, otelPrefix) {
			o.given[name] = strings.TrimSpace(value)
		}
	}
	cfg := telemetry.Config{
		Endpoint: o.endpoint("OTEL_EXPORTER_OTLP_ENDPOINT"),
		Headers:  o.headers("OTEL_EXPORTER_OTLP_HEADERS"),
		Service:  o.text("OTEL_SERVICE_NAME", "antwon"),
		Sampler:  o.sampler("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"),
		IDs:      telemetry.IDs(p.oneOf("TRACE_IDS", string(telemetry.W3C), string(telemetry.XRay))),
	}
	cfg.SignFor = telemetry.SigningRegion(cfg.Endpoint)
	o.oneOf("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
	exporter := o.oneOf("OTEL_TRACES_EXPORTER", "otlp", "none")
	if disabled := o.oneOf("OTEL_SDK_DISABLED", "false", "true"); disabled == "true" || exporter == "none" {
		cfg.Endpoint = ""
	}
	return cfg
}

func (o otel) fault(name, format string, args ...any) {
	o.faults = append(o.faults, name+": "+withoutSecrets(fmt.Sprintf(format, args...)))
}

func (o otel) text(name, fallback string) string {
	value := o.given[name]
	if value == "" {
		value = fallback
	}
	o.values[name] = value
	return value
}

func (o otel) oneOf(name string, choices ...string) string {
	value := o.text(name, choices[0])
	if !slices.Contains(choices, value) {
		o.fault(name, "%q: want %s", value, strings.Join(choices, " or "))
	}
	return value
}

// endpoint reads the URL of a collector. It is printed without a password.
func (o otel) endpoint(name string) string {
	value := o.text(name, "")
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		o.values[name] = "(not a URL)"
		o.fault(name, "want the URL of a collector, such as http://127.0.0.1:4318")
		return ""
	}
	o.values[name] = u.Redacted()
	return value
}

// headers reads name=value pairs, separated by commas and encoded as in a URL. They may hold keys, so they are never
// printed.
func (o otel) headers(name string) map[string]string {
	value := o.text(name, "")
	if value == "" {
		return nil
	}
	o.values[name] = "(secret)"
	headers := map[string]string{}
	for pair := range strings.SplitSeq(value, ",") {
		key, encoded, ok := strings.Cut(pair, "=")
		text, err := url.PathUnescape(strings.TrimSpace(encoded))
		if key = strings.TrimSpace(key); !ok || key == "" || err != nil {
			o.fault(name, "want name=value pairs, separated by commas, with values encoded as in a URL")
			return nil
		}
		headers[key] = text
	}
	return headers
}

func (o otel) sampler(name, argName string) sdktrace.Sampler {
	choice := o.oneOf(name,
		"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
		"always_on", "always_off", "traceidratio")
	kind, parentBased := strings.CutPrefix(choice, "parentbased_")
	ratio := o.ratio(argName)
	var sampler sdktrace.Sampler
	switch kind {
	case "always_off":
		sampler = sdktrace.NeverSample()
	case "traceidratio":
		sampler = sdktrace.TraceIDRatioBased(ratio)
	default:
		sampler = sdktrace.AlwaysSample()
	}
	if parentBased {
		sampler = sdktrace.ParentBased(sampler)
	}
	return sampler
}

func (o otel) ratio(name string) float64 {
	value := o.text(name, "1")
	ratio, err := strconv.ParseFloat(value, 64)
	if err != nil || !(ratio >= 0 && ratio <= 1) {
		o.fault(name, "%q: want the fraction of traces to keep, from 0 to 1, such as 0.1", value)
	}
	return ratio
}

// shownName returns a variable's whole name.
func shownName(name string) string {
	if strings.HasPrefix(name, otelPrefix) {
		return name
	}
	return prefix + name
}

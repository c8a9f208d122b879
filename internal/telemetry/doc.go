/*
Package telemetry exports traces to a collector that accepts OTLP over HTTP, such as OpenTelemetry's own, Jaeger,
Grafana Tempo or the agent of AWS X-Ray, and adds the ids of traces to the log.

Nothing here is global. Start returns a Tracing, whose Provider is passed to everything that starts traces: the HTTP
server, GraphQL operations, the players' drivers, hints between servers. SQL statements and requests to Spotify only
continue a trace: they use the provider of the span in their context, so that no statement is a trace by itself. Without
a collector there is no provider, and tracing costs nothing.

Spans never contain the values of variables, documents, the arguments of statements, tokens, addresses of people, or the
texts of errors, which may repeat any of these.
*/
package telemetry

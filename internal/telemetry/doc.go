/*
Package telemetry exports traces to a collector that speaks OTLP over HTTP, such as OpenTelemetry's own, Jaeger, Grafana Tempo
or the agent of AWS X-Ray, and puts the ids of traces into the log.

Nothing here is global. Start gives a trace.TracerProvider to whoever begins traces: the HTTP shell, GraphQL operations, the
players' driver, hints between servers. What only goes on with a trace, SQL and requests to Spotify, asks the span that it goes
on with for its provider, so that no statement is ever a trace by itself. Without a collector there is no provider, and
nobody pays.

What a span never holds: the values of variables, documents, the arguments of statements, tokens, addresses of people, and the
texts of errors, which may repeat any of these.
*/
package telemetry

import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';

/** The metrics that a server writes (internal/telemetry/emf); a test compares the names. */
export const metricNames = [
  'Connections', 'SlowClients', 'Requests', 'ServerErrors', 'InternalErrors', 'DatabaseErrors', 'Rooms', 'SilentRooms',
  'Drivers', 'LeasesLost', 'LeasesOverdue', 'SpotifyErrors', 'SpotifyPause',
] as const;

export type MetricName = (typeof metricNames)[number];

/** A metric of all servers. */
export function metric(name: MetricName, statistic: string, period = Duration.minutes(1)): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'antwon', metricName: name, dimensionsMap: { service: 'antwon' }, statistic, period,
  });
}

import {
  Duration, Stack, type StackProps, aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions, aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elb, aws_iam as iam, aws_rds as rds, aws_sns as sns, aws_sns_subscriptions as subscriptions,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type MetricName, metric } from './metrics.ts';
import type { Settings } from './settings.ts';

interface Parts {
  settings: Settings;
  service: ecs.FargateService;
  balancer: elb.ApplicationLoadBalancer;
  targets: elb.ApplicationTargetGroup;
  database: rds.DatabaseInstance;
}

interface Alarm {
  /** The name of the alert in docs/operations/alerts.yml that means the same or, for AWS's own metrics, another name. */
  name: string;
  metric: cloudwatch.IMetric;
  above?: number;
  below?: number;
  minutes: number;
  whenMissing?: cloudwatch.TreatMissingData;
}

const { MAXIMUM, SUM } = cloudwatch.Stats;
const counted = (name: MetricName) => metric(name, SUM, Duration.minutes(5));
const share = (of: MetricName, all: MetricName) => new cloudwatch.MathExpression({
  expression: '100 * part / MAX([whole, 1])', usingMetrics: { part: counted(of), whole: counted(all) },
  label: `${of} in percent of ${all}`, period: Duration.minutes(5),
});

/** The alarms: those of docs/operations/alerts.yml, then those of what AWS runs for us. */
export function alarms({ service, targets, balancer, database }: Parts): Alarm[] {
  return [
    { name: 'AntwonDown', metric: targets.metrics.healthyHostCount({ statistic: cloudwatch.Stats.MINIMUM }), below: 1,
      minutes: 2, whenMissing: cloudwatch.TreatMissingData.BREACHING },
    { name: 'AntwonNobodyDrives', metric: metric('Drivers', MAXIMUM), below: 1, minutes: 2 },
    { name: 'AntwonInternalErrors', metric: counted('InternalErrors'), above: 6, minutes: 5 },
    { name: 'AntwonServerErrors', metric: share('ServerErrors', 'Requests'), above: 2, minutes: 10 },
    { name: 'AntwonSlow', metric: targets.metrics.targetResponseTime({ statistic: 'p99' }), above: 2, minutes: 10 },
    { name: 'AntwonDatabaseFails', metric: counted('DatabaseErrors'), above: 10, minutes: 5 },
    { name: 'AntwonSpotifyPaused', metric: metric('SpotifyPause', MAXIMUM), above: 60, minutes: 2 },
    { name: 'AntwonSpotifyFails', metric: counted('SpotifyErrors'), above: 100, minutes: 5 },
    { name: 'AntwonRoomsSilent', metric: metric('SilentRooms', SUM), above: 0, minutes: 10 },
    { name: 'AntwonLeasesLost', metric: metric('LeasesLost', SUM, Duration.minutes(10)), above: 3, minutes: 10 },
    { name: 'AntwonLeasesOverdue', metric: metric('LeasesOverdue', MAXIMUM), above: 10, minutes: 2 },
    { name: 'AntwonClientsDoNotRead', metric: new cloudwatch.MathExpression({
      expression: '100 * slow / MAX([all, 1])', label: 'clients that do not read, in percent',
      usingMetrics: { slow: metric('SlowClients', SUM), all: metric('Connections', SUM) }, period: Duration.minutes(1),
    }), above: 20, minutes: 5 },
    { name: 'BalancerErrors', metric: balancer.metrics.httpCodeElb(elb.HttpCodeElb.ELB_5XX_COUNT, { statistic: SUM }),
      above: 20, minutes: 5 },
    { name: 'ServiceBusy', metric: service.metricCpuUtilization(), above: 85, minutes: 15 },
    { name: 'ServiceMemory', metric: service.metricMemoryUtilization(), above: 85, minutes: 10 },
    { name: 'DatabaseBusy', metric: database.metricCPUUtilization(), above: 85, minutes: 15 },
    { name: 'DatabaseSpace', metric: database.metricFreeStorageSpace(), below: 2 * 1024 ** 3, minutes: 15 },
    { name: 'DatabaseConnections', metric: database.metricDatabaseConnections({ statistic: MAXIMUM }), above: 60,
      minutes: 10 },
  ];
}

/** Alerts of docs/operations/alerts.yml that have no alarm here, and why. */
export const withoutAlarm: Record<string, string> = {
  AntwonDatabasePoolExhausted: 'DatabaseConnections and AntwonSlow say it',
  AntwonSpotifyCrowded: 'AntwonSpotifyPaused says it a little later; another metric would cost more',
  AntwonNATSDown: 'nothing is lost, and the service starts NATS again by itself',
  AntwonSharedViewer: 'a fault of the program, which its tests look for',
  AntwonTracesLost: 'the log says it, and nobody is woken for it',
};

/** The monitoring: the alarms, and a dashboard. */
export class WatchingStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & Parts) {
    super(scope, id, props);
    const topic = new sns.Topic(this, 'Alarms', { enforceSSL: true });
    topic.addToResourcePolicy(new iam.PolicyStatement({
      actions: ['sns:Publish'], principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      resources: [topic.topicArn], conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    }));
    if (props.settings.email !== undefined) {
      topic.addSubscription(new subscriptions.EmailSubscription(props.settings.email));
    }
    const made = alarms(props).map((alarm) => this.makeAlarm(alarm));
    for (const alarm of made) {
      alarm.addAlarmAction(new actions.SnsAction(topic));
      alarm.addOkAction(new actions.SnsAction(topic));
    }
    const graph = (title: string, ...left: cloudwatch.IMetric[]) => new cloudwatch.GraphWidget({ title, left, width: 8 });
    new cloudwatch.Dashboard(this, 'Dashboard', { dashboardName: 'antwon' }).addWidgets(
      new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: made, width: 24 }),
      graph('Connections', metric('Connections', SUM), metric('SlowClients', SUM)),
      graph('Rooms', metric('Rooms', SUM), metric('SilentRooms', SUM)),
      graph('Requests', metric('Requests', SUM), metric('ServerErrors', SUM), metric('InternalErrors', SUM)),
      graph('Latency', props.targets.metrics.targetResponseTime({ statistic: 'p50' }),
        props.targets.metrics.targetResponseTime({ statistic: 'p99' })),
      graph('Tasks', props.service.metricCpuUtilization(), props.service.metricMemoryUtilization()),
      graph('Database', props.database.metricCPUUtilization(), props.database.metricDatabaseConnections()),
      graph('Spotify', metric('SpotifyErrors', SUM), metric('SpotifyPause', MAXIMUM)),
      graph('Driving', metric('Drivers', MAXIMUM), metric('LeasesLost', SUM)),
      graph('Database errors', metric('DatabaseErrors', SUM)),
    );
  }

  private makeAlarm({ name, metric, above, below, minutes, whenMissing }: Alarm): cloudwatch.Alarm {
    const periods = Math.max(1, Math.round(minutes / ((metric as { period?: Duration }).period?.toMinutes() ?? 5)));
    return new cloudwatch.Alarm(this, name, {
      alarmName: name, metric, evaluationPeriods: periods,
      threshold: above ?? below ?? 0,
      comparisonOperator: above !== undefined ? cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
        : cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: whenMissing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

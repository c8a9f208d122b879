import {
  Validations, Duration, RemovalPolicy, Stack, type StackProps, aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_logs as logs, aws_servicediscovery as discovery,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataStack } from './data.ts';
import { Entrance } from './entrance.ts';
import { metric } from './metrics.ts';
import type { NetworkStack } from './network.ts';
import { type Settings, stopping } from './settings.ts';

export const port = 8080;
const natsImage = 'public.ecr.aws/docker/library/nats:2.12-alpine';

/** The app, which can be destroyed and deployed again: the entrance, the tasks, and NATS where the size has it. */
export class AppStack extends Stack {
  readonly service: ecs.FargateService;
  readonly entrance: Entrance;
  readonly logs: logs.LogGroup;

  constructor(scope: Construct, id: string,
    private readonly props: StackProps & { settings: Settings; network: NetworkStack; data: DataStack }) {
    super(scope, id, props);
    const { settings, network: { vpc } } = props;
    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc, containerInsightsV2: ecs.ContainerInsights.DISABLED, // the server writes the metrics that we look at
      defaultCloudMapNamespace: { name: 'antwon.local', vpc },
    });
    this.logs = new logs.LogGroup(this, 'Log', {
      retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
    });
    this.service = this.makeService(cluster);
    if (settings.size.nats) this.addNats(cluster);
    this.entrance = new Entrance(this, 'Entrance', { settings, vpc, service: this.service });
    this.scale(settings);
    Validations.of(cluster).acknowledge(...[
      { id: 'AwsSolutions-ECS4', reason: "Container Insights charges for many metrics; the server writes the dozen that "
        + 'somebody acts on.' },
    ]);
  }

  private makeService(cluster: ecs.Cluster): ecs.FargateService {
    const { size, image } = this.props.settings;
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: size.cpu, memoryLimitMiB: size.memoryMiB,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      volumes: [{ name: 'tmp' }],
    });
    for (const secret of this.props.data.secrets) secret.grantRead(task.taskRole);
    task.taskRole.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['xray:PutTraceSegments'], resources: ['*'], // X-Ray has no resources to name
    }));
    const container = task.addContainer('antwon', {
      image: image !== undefined ? ecs.ContainerImage.fromRegistry(image)
        : ecs.ContainerImage.fromAsset('../..', {
          platform: { platform: 'linux/arm64' } as never, exclude: ['deploy', '**/node_modules', '.git', 'bin'],
        }),
      command: ['serve'],
      environment: this.variables(),
      portMappings: [{ containerPort: port }],
      stopTimeout: Duration.seconds(stopping.killedAfterSeconds),
      readonlyRootFilesystem: true,
      user: '65532:65532',
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logs, streamPrefix: 'antwon' }),
    });
    container.addMountPoints({ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false });
    Validations.of(task).acknowledge(...[
      { id: 'AwsSolutions-ECS2', reason: 'What stands in the environment is no secret; the server reads those itself.' },
      { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'X-Ray has no resources to name, and ECR gives its token for none.' },
    ]);
    return new ecs.FargateService(this, 'Service', {
      cluster, taskDefinition: task,
      desiredCount: size.tasks.least,
      minHealthyPercent: 100, maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      healthCheckGracePeriod: Duration.seconds(60), // the first server migrates the database
      enableExecuteCommand: false,
      // By its id, so that the balancer's rule stands in this stack.
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(this, 'Tasks', this.props.network.tasks.securityGroupId)],
      assignPublicIp: !size.isPrivate,
      vpcSubnets: { subnetType: size.isPrivate ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PUBLIC },
    });
  }

  /** All variables that differ from the program's defaults. A test checks that `antwon config` accepts each of them. */
  private variables(): Record<string, string> {
    const { settings, network: { vpc }, data } = this.props;
    return {
      AWS_REGION: this.region,
      ANTWON_SECRETS: 'aws',
      ANTWON_ADDR: `0.0.0.0:${port}`,
      ANTWON_PUBLIC_URL: `https://${settings.domain}`,
      ANTWON_OIDC_ISSUER: data.users.userPoolProviderUrl,
      ANTWON_TRUSTED_PROXIES: vpc.vpcCidrBlock,
      ANTWON_LOG_FORMAT: 'json',
      ANTWON_METRICS: 'emf',
      ANTWON_STOP_DELAY: `${stopping.delaySeconds}s`,
      ANTWON_DRAIN_WINDOW: `${stopping.drainSeconds}s`,
      ANTWON_STOP_TIMEOUT: `${stopping.timeoutSeconds}s`,
      SQLITE_TMPDIR: '/tmp',
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://xray.${this.region}.amazonaws.com`,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
      ANTWON_TRACE_IDS: 'xray',
      ...(settings.size.nats ? { ANTWON_NATS_URL: 'nats://nats.antwon.local:4222' } : {}),
    };
  }

  /** One NATS. While it restarts, servers see each other's changes after five seconds; nothing is lost. */
  private addNats(cluster: ecs.Cluster): void {
    const task = new ecs.FargateTaskDefinition(this, 'NatsTask', {
      cpu: 256, memoryLimitMiB: 512,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
    });
    task.addContainer('nats', {
      image: ecs.ContainerImage.fromRegistry(natsImage),
      portMappings: [{ containerPort: 4222 }],
      readonlyRootFilesystem: true,
      user: '65532:65532',
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logs, streamPrefix: 'nats' }),
    });
    const nats = new ecs.FargateService(this, 'Nats', {
      cluster, taskDefinition: task, desiredCount: 1, minHealthyPercent: 0, maxHealthyPercent: 100,
      circuitBreaker: { rollback: true }, enableExecuteCommand: false,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      cloudMapOptions: { name: 'nats', dnsRecordType: discovery.DnsRecordType.A, dnsTtl: Duration.seconds(5) },
    });
    nats.connections.allowFrom(this.service, ec2.Port.tcp(4222));
  }

  /** A connection lasts for hours and costs little processor time, so both decide. Scaling in is slow: clients reconnect. */
  private scale({ size }: Settings): void {
    if (size.tasks.most === size.tasks.least) return;
    const tasks = this.service.autoScaleTaskCount({ minCapacity: size.tasks.least, maxCapacity: size.tasks.most });
    const slowInwards = { scaleInCooldown: Duration.minutes(10), scaleOutCooldown: Duration.minutes(1) };
    tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60, ...slowInwards });
    tasks.scaleToTrackCustomMetric('Connections', {
      metric: metric('Connections', cloudwatch.Stats.AVERAGE), targetValue: 4000, ...slowInwards,
    });
  }
}

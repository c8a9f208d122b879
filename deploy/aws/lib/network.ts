import { Stack, type StackProps, Validations, aws_ec2 as ec2, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The network: a public part for the load balancer, one for the tasks, and one for the database, which has no way out. */
export class NetworkStack extends Stack {
  readonly vpc: ec2.Vpc;
  /** Who may reach the database: the tasks, and nobody else. */
  readonly tasks: ec2.SecurityGroup;

  private readonly zones: string[];

  /** Which zones there are, so that no synthesis has to ask AWS. */
  override get availabilityZones(): string[] { return this.zones; }

  constructor(scope: Construct, id: string, props: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const { size } = props.settings;
    this.zones = ['a', 'b', 'c'].slice(0, size.zones).map((zone) => props.settings.region + zone);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      availabilityZones: this.zones,
      natGateways: size.natGateways,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        ...(size.isPrivate ? [{ name: 'tasks', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 }] : []),
        { name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 26 },
      ],
      gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } }, // layers of images; costs nothing
    });
    this.tasks = new ec2.SecurityGroup(this, 'Tasks', { vpc: this.vpc, description: 'The tasks of antwon' });
    this.vpc.addFlowLog('Flows', {
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(new logs.LogGroup(this, 'FlowLog', {
        retention: logs.RetentionDays.ONE_MONTH,
      })),
    });
    // The function that rotates the database's password has no other way to Secrets Manager.
    const secrets = this.vpc.addInterfaceEndpoint('Secrets', {
      service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      privateDnsEnabled: true,
    });
    Validations.of(secrets).acknowledge({
      id: 'AwsSolutions-EC23', reason: 'It lets in the addresses of this network, which the rule cannot read.',
    });
  }
}

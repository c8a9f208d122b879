import {
  Validations, Duration, RemovalPolicy, aws_certificatemanager as acm, aws_ec2 as ec2, aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elb, aws_route53 as route53, aws_route53_targets as targets, aws_s3 as s3, aws_wafv2 as waf,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** The guests' way to the server: name, certificate, firewall, load balancer. */
export class Entrance extends Construct {
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly targets: elb.ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: { settings: Settings; vpc: ec2.Vpc; service: ecs.FargateService }) {
    super(scope, id);
    const { settings, vpc, service } = props;
    this.balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', {
      vpc, internetFacing: true, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      idleTimeout: Duration.seconds(120), // the server's pings come every 25 s
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elb.DesyncMitigationMode.STRICTEST,
      deletionProtection: false, // everything that is kept is in the other stacks
    });
    this.balancer.logAccessLogs(this.logBucket(), 'access');
    this.balancer.addRedirect(); // from 80 to 443
    const { certificate, zone } = this.names(settings);
    const listener = this.balancer.addListener('Https', {
      port: 443, protocol: elb.ApplicationProtocol.HTTPS, sslPolicy: elb.SslPolicy.TLS13_RES, certificates: [certificate],
      open: true,
    });
    this.targets = listener.addTargets('Servers', {
      port: 8080, protocol: elb.ApplicationProtocol.HTTP, targets: [service],
      healthCheck: {
        path: '/readyz', interval: Duration.seconds(5), timeout: Duration.seconds(3), healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
      deregistrationDelay: Duration.seconds(20), // the servers send their clients away themselves
      loadBalancingAlgorithmType: elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    });
    listener.addAction('Metrics', { // for the tasks' own network only
      priority: 1, conditions: [elb.ListenerCondition.pathPatterns(['/metrics'])],
      action: elb.ListenerAction.fixedResponse(404),
    });
    this.addFirewall();
    if (zone) {
      new route53.ARecord(this, 'Address', {
        zone, recordName: settings.domain,
        target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(this.balancer)),
      });
    }
    Validations.of(this.balancer).acknowledge(...[
      { id: 'AwsSolutions-EC23', reason: 'Guests come from everywhere, to the ports 80 and 443 of the balancer alone.' },
    ]);
  }

  private names(settings: Settings): { certificate: acm.ICertificate; zone: route53.IHostedZone | undefined } {
    const zone = settings.zone && route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      zoneName: settings.zone.name, hostedZoneId: settings.zone.id,
    });
    if (settings.certificate !== undefined) {
      return { certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', settings.certificate), zone };
    }
    return {
      certificate: new acm.Certificate(this, 'Certificate', {
        domainName: settings.domain, validation: acm.CertificateValidation.fromDns(zone),
      }), zone,
    };
  }

  private logBucket(): s3.Bucket {
    const bucket = new s3.Bucket(this, 'AccessLog', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL, encryption: s3.BucketEncryption.S3_MANAGED, enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(30) }], removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge(...[
      { id: 'AwsSolutions-S1', reason: 'It is where access is logged.' },
    ]);
    return bucket;
  }

  /**
   * The server limits what users and addresses may do; this keeps floods away from it. A whole party shares one address,
   * so the limit is high. Three rules about bodies only count, because they would refuse bodies of GraphQL operations.
   */
  private addFirewall(): void {
    const visible = (metricName: string) => ({
      cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName,
    });
    const managed = (name: string, priority: number, ...counted: string[]): waf.CfnWebACL.RuleProperty => ({
      name, priority, overrideAction: { none: {} }, visibilityConfig: visible(name),
      statement: { managedRuleGroupStatement: {
        vendorName: 'AWS', name, ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      } },
    });
    const acl = new waf.CfnWebACL(this, 'Firewall', {
      scope: 'REGIONAL', defaultAction: { allow: {} }, visibilityConfig: visible('antwon'),
      rules: [
        {
          name: 'Floods', priority: 0, action: { block: {} }, visibilityConfig: visible('Floods'),
          statement: { rateBasedStatement: { limit: 30_000, evaluationWindowSec: 300, aggregateKeyType: 'IP' } },
        },
        managed('AWSManagedRulesCommonRuleSet', 1, 'SizeRestrictions_BODY', 'CrossSiteScripting_BODY', 'GenericRFI_BODY'),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
      ],
    });
    new waf.CfnWebACLAssociation(this, 'Guarded', {
      resourceArn: this.balancer.loadBalancerArn, webAclArn: acl.attrArn,
    });
  }
}

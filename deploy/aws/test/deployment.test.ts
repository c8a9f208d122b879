import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import { secretNames } from '../lib/data.ts';
import { deploy } from '../lib/deployment.ts';
import { metricNames } from '../lib/metrics.ts';
import { port } from '../lib/service.ts';
import { readSettings, stopping } from '../lib/settings.ts';
import { withoutAlarm } from '../lib/watching.ts';

const repository = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, repository), 'utf8');
const given = {
  domain: 'party.example.org', zone: 'example.org', zoneId: 'Z0123456789ABCDEFGHIJ', account: '123456789012',
  region: 'eu-west-1', email: 'ops@example.org', image: 'registry.example.org/antwon:0.2.0',
};

interface Templates { network: Template; data: Template; app: Template; watching: Template; app_: App }

function templates(size: string): Templates {
  const app = new App({ context: JSON.parse(read('deploy/aws/cdk.json')).context });
  const context: Record<string, string> = { ...given, size };
  const stacks = deploy(app, readSettings((name) => context[name], {}));
  const findings = app.synth({ errorOnDuplicateSynth: false }).stacks.flatMap((stack) => stack.messages)
    .filter((message) => message.level === 'error');
  assert.deepEqual(findings, [], 'a finding of cdk-nag that is not acknowledged with a reason');
  return {
    network: Template.fromStack(stacks.network), data: Template.fromStack(stacks.data),
    app: Template.fromStack(stacks.app), watching: Template.fromStack(stacks.watching), app_: app,
  };
}

/** The properties of the only resource of a type, or of the one that has these properties. */
function only(template: Template, type: string, properties: object = {}): Record<string, any> {
  const found = Object.values(template.findResources(type, { Properties: Match.objectLike(properties) }));
  assert.equal(found.length, 1, `${found.length} resources of type ${type}`);
  return found[0]?.Properties;
}

for (const size of ['small', 'big'] as const) {
  describe(`size=${size}`, () => {
    let made: Templates;
    before(() => { made = templates(size); });
    const isBig = size === 'big';

    test('network: NAT gateways and a part for the tasks only where it is big; images come by S3 for nothing', () => {
      made.network.resourceCountIs('AWS::EC2::NatGateway', isBig ? 2 : 0);
      made.network.resourceCountIs('AWS::EC2::Subnet', isBig ? 9 : 4);
      made.network.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
      made.network.resourceCountIs('AWS::EC2::FlowLog', 1);
    });

    test('database: MySQL 8.4, encrypted, kept, TLS required, reached by the tasks alone, password rotates', () => {
      const database = only(made.data, 'AWS::RDS::DBInstance');
      assert.equal(database.Engine, 'mysql');
      assert.match(database.EngineVersion, /^8\.4\./);
      assert.equal(database.StorageType, 'gp3');
      for (const yes of ['StorageEncrypted', 'DeletionProtection', 'CopyTagsToSnapshot']) assert.equal(database[yes], true, yes);
      assert.equal(database.MultiAZ, isBig);
      assert.equal(database.PubliclyAccessible, false);
      assert.equal(database.BackupRetentionPeriod, isBig ? 21 : 7);
      assert.equal(database.CACertificateIdentifier, 'rds-ca-rsa2048-g1');
      assert.equal(database.DBName, 'antwon');
      made.data.hasResource('AWS::RDS::DBInstance', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      const parameters = only(made.data, 'AWS::RDS::DBParameterGroup').Parameters;
      assert.equal(parameters.require_secure_transport, 'ON');
      assert.equal(parameters.character_set_server, 'utf8mb4');
      only(made.data, 'AWS::SecretsManager::RotationSchedule', { RotationRules: { ScheduleExpression: 'rate(30 days)' } });
      const sources = Object.values(made.data.findResources('AWS::EC2::SecurityGroupIngress'))
        .map((rule) => JSON.stringify(rule.Properties.SourceSecurityGroupId));
      assert.equal(sources.length, 2, 'the tasks and the function that rotates the password');
      assert.ok(sources.some((source) => source.includes('Tasks')));
    });

    test('secrets: the four names that the server looks for, and it may read no other', () => {
      for (const name of [secretNames.database, secretNames.backend, secretNames.oidc]) {
        only(made.data, 'AWS::SecretsManager::Secret', { Name: name });
      }
      const keys = only(made.data, 'AWS::SecretsManager::Secret', { Name: secretNames.backend }).GenerateSecretString;
      assert.equal(keys.GenerateStringKey, 'session_secret');
      assert.match(JSON.stringify(keys.SecretStringTemplate), /encryption_key/);
      const task = statementsOf(made.app, 'TaskRole');
      const secrets = task.filter((statement) => [statement.Action].flat().some((a) => a.startsWith('secretsmanager:')));
      const readable = secrets.flatMap((statement) => [statement.Resource].flat());
      assert.equal(readable.length, 4, JSON.stringify(readable));
      for (const resource of readable) assert.notEqual(resource, '*');
      assert.ok(readable.some((resource) => JSON.stringify(resource).includes(`secret:${secretNames.spotify}-??????`)));
      assert.deepEqual([...new Set(task.flatMap((statement) => [statement.Action].flat()))].sort(),
        ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'xray:PutTraceSegments']);
    });

    test('policies: no action is a wildcard, and a resource only where AWS has none to name', () => {
      const unnamed = new Set(['xray:PutTraceSegments', 'ecr:GetAuthorizationToken']);
      for (const template of [made.network, made.data, made.app, made.watching]) {
        for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
          for (const statement of policy.Properties.PolicyDocument.Statement) {
            for (const action of [statement.Action].flat()) {
              assert.ok(!action.includes('*'), `the action ${action}`);
              assert.ok(![statement.Resource].flat().includes('*') || unnamed.has(action), `${action} on everything`);
            }
          }
        }
      }
    });

    test('logins: a confidential client by code grant, whose addresses are ours', () => {
      const client = only(made.data, 'AWS::Cognito::UserPoolClient');
      assert.deepEqual(client.AllowedOAuthFlows, ['code']);
      assert.deepEqual(client.AllowedOAuthScopes.sort(), ['email', 'openid', 'profile']);
      assert.deepEqual(client.CallbackURLs, ['https://party.example.org/auth/callback']);
      assert.deepEqual(client.LogoutURLs, ['https://party.example.org/']);
      assert.equal(client.GenerateSecret, true);
      only(made.data, 'AWS::Cognito::UserPoolDomain');
      assert.equal(only(made.data, 'AWS::Cognito::UserPool').AdminCreateUserConfig.AllowAdminCreateUserOnly, true);
    });

    test('entrance: https alone, idle for two minutes, sockets pass, no metrics, a firewall that GraphQL passes', () => {
      const attributes = Object.fromEntries(only(made.app, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
        .LoadBalancerAttributes.map((a: { Key: string; Value: string }) => [a.Key, a.Value]));
      assert.equal(attributes['idle_timeout.timeout_seconds'], '120');
      assert.equal(attributes['routing.http.drop_invalid_header_fields.enabled'], 'true');
      assert.equal(attributes['routing.http.desync_mitigation_mode'], 'strictest');
      assert.equal(attributes['access_logs.s3.enabled'], 'true');
      const https = only(made.app, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 443 });
      assert.match(https.SslPolicy, /TLS13/);
      assert.equal(only(made.app, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 80 }).DefaultActions[0].RedirectConfig.Port, '443');
      made.app.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
        Conditions: [{ PathPatternConfig: { Values: ['/metrics'] } }],
        Actions: [{ FixedResponseConfig: { StatusCode: '404' } }],
      });
      const group = only(made.app, 'AWS::ElasticLoadBalancingV2::TargetGroup');
      assert.equal(group.HealthCheckPath, '/readyz');
      assert.equal(group.TargetType, 'ip');
      const delay = group.TargetGroupAttributes.find((a: { Key: string }) => a.Key === 'deregistration_delay.timeout_seconds');
      assert.equal(delay.Value, '20');
      const rules = only(made.app, 'AWS::WAFv2::WebACL').Rules;
      assert.equal(rules[0].Statement.RateBasedStatement.Limit, 30_000);
      const common = rules[1].Statement.ManagedRuleGroupStatement;
      assert.ok(common.RuleActionOverrides.some((o: { Name: string }) => o.Name === 'SizeRestrictions_BODY'));
      made.app.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
      only(made.app, 'AWS::Route53::RecordSet', { Name: 'party.example.org.' });
    });

    test('service: two tasks or more, whole during an update, rolled back, no shell, no root, nothing to write to', () => {
      const service = only(made.app, 'AWS::ECS::Service', { LoadBalancers: Match.anyValue() });
      assert.ok(service.DesiredCount >= 2);
      assert.deepEqual(service.DeploymentConfiguration.DeploymentCircuitBreaker, { Enable: true, Rollback: true });
      assert.equal(service.DeploymentConfiguration.MinimumHealthyPercent, 100);
      assert.equal(service.EnableExecuteCommand, false);
      assert.equal(service.HealthCheckGracePeriodSeconds, 60);
      assert.equal(service.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp, isBig ? 'DISABLED' : 'ENABLED');
      const task = only(made.app, 'AWS::ECS::TaskDefinition', { Cpu: isBig ? '1024' : '256', Volumes: Match.anyValue() });
      assert.equal(task.RuntimePlatform.CpuArchitecture, 'ARM64');
      const [container] = task.ContainerDefinitions;
      assert.equal(container.ReadonlyRootFilesystem, true);
      assert.equal(container.User, '65532:65532');
      assert.equal(container.StopTimeout, stopping.killedAfterSeconds);
      assert.equal(container.HealthCheck, undefined, 'the balancer asks; a second judge would only restart more');
      assert.equal(container.Secrets, undefined, 'the server reads its secrets itself, so that they can rotate');
    });

    test('stopping: the balancer notices first, then clients leave, then the task is killed', () => {
      const group = only(made.app, 'AWS::ElasticLoadBalancingV2::TargetGroup');
      assert.ok(group.HealthCheckIntervalSeconds * group.UnhealthyThresholdCount < stopping.delaySeconds);
      assert.ok(stopping.delaySeconds + stopping.drainSeconds + 5 <= stopping.timeoutSeconds);
      assert.ok(stopping.timeoutSeconds + 10 <= stopping.killedAfterSeconds, 'the last traces and leases take ten seconds');
    });

    test('scaling and NATS: only where it is big; inwards slowly', () => {
      made.app.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', isBig ? 1 : 0);
      made.app.resourceCountIs('AWS::ServiceDiscovery::Service', isBig ? 1 : 0);
      const policies = Object.values(made.app.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))
        .map((policy) => policy.Properties.TargetTrackingScalingPolicyConfiguration);
      assert.equal(policies.length, isBig ? 2 : 0);
      for (const policy of policies) assert.ok(policy.ScaleInCooldown >= 600);
      if (isBig) assert.ok(policies.some((p) => p.CustomizedMetricSpecification?.MetricName === 'Connections'));
    });

    test('logs are kept for a month', () => {
      for (const template of [made.network, made.data, made.app]) {
        for (const group of Object.values(template.findResources('AWS::Logs::LogGroup'))) {
          assert.equal(group.Properties.RetentionInDays, 30);
        }
      }
    });

    test('alarms say what docs/operations/alerts.yml says, and somebody hears them', () => {
      const alerts: string[] = parse(read('docs/operations/alerts.yml')).groups
        .flatMap((group: { rules: { alert: string }[] }) => group.rules.map((rule) => rule.alert));
      const made_ = Object.values(made.watching.findResources('AWS::CloudWatch::Alarm')).map((a) => a.Properties);
      const ours = made_.map((alarm) => alarm.AlarmName as string).filter((name) => name.startsWith('Antwon'));
      assert.deepEqual([...ours, ...Object.keys(withoutAlarm)].sort(), alerts.sort());
      for (const alarm of made_) assert.equal(alarm.AlarmActions.length, 1, alarm.AlarmName);
      only(made.watching, 'AWS::SNS::Subscription', { Endpoint: 'ops@example.org' });
      only(made.watching, 'AWS::CloudWatch::Dashboard');
    });

    test('the program accepts its environment', (t) => {
      const binary = new URL('bin/antwon', repository);
      if (!existsSync(binary)) {
        if (process.env.ANTWON_TEST_STRICT === '1') throw new Error('bin/antwon is required here: make build');
        return t.skip('left out: there is no bin/antwon (make build)');
      }
      const { ContainerDefinitions: [container] } = only(made.app, 'AWS::ECS::TaskDefinition', { Volumes: Match.anyValue() });
      const env: Record<string, string> = Object.fromEntries(container.Environment
        .map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, typeof Value === 'string' ? Value : resolved(Name)]));
      for (const secret of ['SPOTIFY', 'DATABASE', 'BACKEND', 'OIDC']) env[`ANTWON_AWS_SECRET_${secret}`] = 'off';
      const said = execFileSync(binary.pathname, ['config'], { env, encoding: 'utf8' });
      assert.match(said, /^ANTWON_STOP_DELAY=15s$/m);
      assert.match(said, new RegExp(`^ANTWON_ADDR=0\\.0\\.0\\.0:${port}$`, 'm'));
      assert.match(said, /^ANTWON_METRICS=emf$/m);
      assert.throws(() => execFileSync(binary.pathname, ['config'], { env: { ...env, ANTWON_STOP_TIMEOUT: '20s' }, stdio: 'pipe' }));
    });
  });
}

/** What AWS puts in the place of a reference. */
function resolved(name: string): string {
  const values: Record<string, string> = {
    ANTWON_OIDC_ISSUER: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi',
    ANTWON_TRUSTED_PROXIES: '10.0.0.0/16',
  };
  const value = values[name];
  assert.ok(value !== undefined, `${name} refers to something`);
  return value;
}

function statementsOf(template: Template, role: string): { Action: string | string[]; Resource: unknown }[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(`Task${role}`))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
}

test('the metrics of alarms and scaling are those that a server writes', () => {
  const table = [...read('internal/telemetry/emf/metrics.go').matchAll(/^\t\{"(\w+)", "/gm)].map(([, name]) => name);
  assert.deepEqual(table, [...metricNames]);
});

describe('what cannot work is said before AWS is asked', () => {
  const refused: [name: string, change: Record<string, string | undefined>, sentence: RegExp][] = [
    ['an unknown size', { size: 'huge' }, /-c size=huge: want small or big/],
    ['no domain', { domain: undefined }, /-c domain=: want the name/],
    ['an address as a domain', { domain: 'https://party.example.org' }, /without https/],
    ['a domain of another zone', { domain: 'party.example.com' }, /party\.example\.com is not in this zone/],
    ['a zone without its id', { zoneId: undefined }, /zone and -c zoneId belong together/],
    ['neither zone nor certificate', { zone: undefined, zoneId: undefined }, /guests come by https/],
    ['a certificate of another region',
      { certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef' },
      /is in us-east-1, but a load balancer in eu-west-1 needs/],
    ['no certificate at all', { certificate: 'mine' }, /want the ARN of a certificate of ACM/],
    ['a wrong region', { region: 'Ireland' }, /want a region such as eu-west-1/],
    ['an account that is none', { account: '42' }, /twelve digits/],
    ['an email that is none', { email: 'ops' }, /want the address that gets the alarms/],
  ];
  for (const [name, change, sentence] of refused) {
    test(name, () => {
      const context: Record<string, string | undefined> = { ...given, ...change };
      assert.throws(() => readSettings((key) => context[key], {}), sentence);
    });
  }
});

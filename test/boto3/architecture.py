"""Builds and removes the architecture with boto3's clients, and waits with botocore's waiters."""
import json
import time
from uuid import uuid4

from session import ACCOUNT, REGION, clients, wait, retry_while_refused

ANYWHERE = "0.0.0.0/0"
# The containers of the service, with their ports.
PORTS = {"api1": 5000, "api2": 6000}
TAGS = [{"Key": "stack", "Value": "boto3"}]
ECS_TAGS = [{"key": "stack", "value": "boto3"}]
ZONE = "boto3.localhost"
DOMAIN = f"api.{ZONE}"
REPOSITORY = "boto3/api1"
LOG_GROUP = "/boto3/shop"


def tagged(kind):
    """Returns the tag specifications of a new EC2 resource."""
    return [{"ResourceType": kind, "Tags": TAGS}]


def document(statement):
    """Returns the JSON of a policy with one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


# The trust policy of a role for tasks.
TRUST = document(
    {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
)


class Architecture:
    """Creates all resources with `build`, remembers their ids, and deletes them with `tear_down`."""

    def build(self):
        self.create_network()
        self.create_security_groups()
        self.create_load_balancer()
        self.create_roles()
        self.create_service()
        self.create_dns()
        self.create_https()

    def tear_down(self):
        self.delete_https()
        self.delete_dns()
        self.delete_service()
        self.delete_roles()
        self.delete_load_balancer()
        self.delete_network()

    def create_network(self):
        ec2 = clients.ec2
        created = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))
        self.vpc = created["Vpc"]["VpcId"]
        wait("ec2", "vpc_exists", VpcIds=[self.vpc])
        wait("ec2", "vpc_available", VpcIds=[self.vpc])
        ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})

        self.public = [self.create_subnet(zone, index) for index, zone in enumerate("ab")]
        self.private = [self.create_subnet(zone, index + 8) for index, zone in enumerate("ab")]
        wait("ec2", "subnet_available", SubnetIds=self.public + self.private)

        created = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway"))
        self.internet_gateway = created["InternetGateway"]["InternetGatewayId"]
        wait("ec2", "internet_gateway_exists", InternetGatewayIds=[self.internet_gateway])
        ec2.attach_internet_gateway(InternetGatewayId=self.internet_gateway, VpcId=self.vpc)
        self.public_table = self.create_route_table(self.public, GatewayId=self.internet_gateway)

        self.address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        created = ec2.create_nat_gateway(
            SubnetId=self.public[0],
            AllocationId=self.address,
            TagSpecifications=tagged("natgateway"),
        )
        self.nat_gateway = created["NatGateway"]["NatGatewayId"]
        wait("ec2", "nat_gateway_available", NatGatewayIds=[self.nat_gateway])
        self.private_table = self.create_route_table(self.private, NatGatewayId=self.nat_gateway)

    def create_subnet(self, zone, index):
        created = clients.ec2.create_subnet(
            VpcId=self.vpc,
            AvailabilityZone=f"{REGION}{zone}",
            CidrBlock=f"10.0.{index * 16}.0/20",
            TagSpecifications=tagged("subnet"),
        )
        return created["Subnet"]["SubnetId"]

    def create_route_table(self, subnets, **target):
        ec2 = clients.ec2
        created = ec2.create_route_table(VpcId=self.vpc, TagSpecifications=tagged("route-table"))
        table = created["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, **target)
        for subnet in subnets:
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return table

    def delete_network(self):
        ec2 = clients.ec2
        ec2.delete_nat_gateway(NatGatewayId=self.nat_gateway)
        wait("ec2", "nat_gateway_deleted", NatGatewayIds=[self.nat_gateway])
        retry_while_refused(ec2.release_address, "AuthFailure", AllocationId=self.address)
        for table in (self.public_table, self.private_table):
            (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
            for association in found["Associations"]:
                ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
            ec2.delete_route_table(RouteTableId=table)
        ec2.detach_internet_gateway(InternetGatewayId=self.internet_gateway, VpcId=self.vpc)
        ec2.delete_internet_gateway(InternetGatewayId=self.internet_gateway)
        for group in (self.task_group, self.balancer_group):
            retry_while_refused(ec2.delete_security_group, "DependencyViolation", GroupId=group)
        for subnet in self.public + self.private:
            retry_while_refused(ec2.delete_subnet, "DependencyViolation", SubnetId=subnet)
        ec2.delete_vpc(VpcId=self.vpc)

    def create_security_groups(self):
        self.balancer_group = self.create_security_group("balancer")
        self.task_group = self.create_security_group("tasks")
        wait("ec2", "security_group_exists", GroupIds=[self.balancer_group, self.task_group])
        ec2 = clients.ec2
        http = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": ANYWHERE}]}
        ec2.authorize_security_group_ingress(GroupId=self.balancer_group, IpPermissions=[http])
        from_balancer = [
            {
                "IpProtocol": "tcp",
                "FromPort": port,
                "ToPort": port,
                "UserIdGroupPairs": [{"GroupId": self.balancer_group}],
            }
            for port in PORTS.values()
        ]
        ec2.authorize_security_group_ingress(GroupId=self.task_group, IpPermissions=from_balancer)

    def create_security_group(self, name):
        created = clients.ec2.create_security_group(
            GroupName=f"boto3-{name}",
            Description=name,
            VpcId=self.vpc,
            TagSpecifications=tagged("security-group"),
        )
        return created["GroupId"]

    def create_load_balancer(self):
        elbv2 = clients.elbv2
        created = elbv2.create_load_balancer(
            Name="boto3", Subnets=self.public, SecurityGroups=[self.balancer_group], Tags=TAGS
        )
        (balancer,) = created["LoadBalancers"]
        self.balancer = balancer["LoadBalancerArn"]
        wait("elbv2", "load_balancer_exists", LoadBalancerArns=[self.balancer])
        wait("elbv2", "load_balancer_available", LoadBalancerArns=[self.balancer])
        self.target_groups = {
            name: self.create_target_group(name, port) for name, port in PORTS.items()
        }
        not_found = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "nothing"}
        created = elbv2.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": not_found}],
            Tags=TAGS,
        )
        self.listener = created["Listeners"][0]["ListenerArn"]
        for priority, (name, group) in enumerate(self.target_groups.items(), start=1):
            paths = [f"/{name}", f"/{name}/*"]
            elbv2.create_rule(
                ListenerArn=self.listener,
                Priority=priority,
                Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": paths}}],
                Actions=[{"Type": "forward", "TargetGroupArn": group}],
                Tags=TAGS,
            )

    def create_target_group(self, name, port):
        elbv2 = clients.elbv2
        created = elbv2.create_target_group(
            Name=f"boto3-{name}",
            VpcId=self.vpc,
            Protocol="HTTP",
            Port=port,
            TargetType="ip",
            HealthCheckPath="/health",
            Tags=TAGS,
        )
        group = created["TargetGroups"][0]["TargetGroupArn"]
        elbv2.modify_target_group_attributes(
            TargetGroupArn=group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "0"}],
        )
        return group

    def delete_load_balancer(self):
        elbv2 = clients.elbv2
        elbv2.delete_load_balancer(LoadBalancerArn=self.balancer)
        wait("elbv2", "load_balancers_deleted", LoadBalancerArns=[self.balancer])
        for group in self.target_groups.values():
            retry_while_refused(elbv2.delete_target_group, "ResourceInUse", TargetGroupArn=group)

    def create_roles(self):
        iam = clients.iam
        created = iam.create_role(
            RoleName="boto3-execution", AssumeRolePolicyDocument=TRUST, Tags=TAGS
        )
        self.role = created["Role"]["Arn"]
        wait("iam", "role_exists", RoleName="boto3-execution")
        logs = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{LOG_GROUP}:*",
        }
        created = iam.create_policy(PolicyName="boto3-logs", PolicyDocument=document(logs))
        self.policy = created["Policy"]["Arn"]
        wait("iam", "policy_exists", PolicyArn=self.policy)
        iam.attach_role_policy(RoleName="boto3-execution", PolicyArn=self.policy)

    def delete_roles(self):
        iam = clients.iam
        iam.detach_role_policy(RoleName="boto3-execution", PolicyArn=self.policy)
        iam.delete_policy(PolicyArn=self.policy)
        iam.delete_role(RoleName="boto3-execution")

    def create_service(self):
        clients.logs.create_log_group(logGroupName=LOG_GROUP, tags={"stack": "boto3"})
        clients.ecr.create_repository(repositoryName=REPOSITORY, tags=TAGS)
        ecs = clients.ecs
        # ECS refuses the first calls in an account until it has created its service-linked role.
        created = retry_while_refused(
            ecs.create_cluster, "InvalidParameterException", clusterName="boto3", tags=ECS_TAGS
        )
        self.cluster = created["cluster"]["clusterArn"]
        registered = ecs.register_task_definition(
            family="boto3",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=self.role,
            containerDefinitions=[container(name, port) for name, port in PORTS.items()],
            tags=ECS_TAGS,
        )
        self.task_definition = registered["taskDefinition"]["taskDefinitionArn"]
        vpc_configuration = {"subnets": self.private, "securityGroups": [self.task_group]}
        self.placement = {"awsvpcConfiguration": vpc_configuration}
        ecs.create_service(
            cluster=self.cluster,
            serviceName="shop",
            taskDefinition=self.task_definition,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration=self.placement,
            loadBalancers=[
                {
                    "targetGroupArn": self.target_groups[name],
                    "containerName": name,
                    "containerPort": port,
                }
                for name, port in PORTS.items()
            ],
            tags=ECS_TAGS,
        )
        wait("ecs", "services_stable", cluster=self.cluster, services=["shop"])
        tasks = ecs.list_tasks(cluster=self.cluster, serviceName="shop")["taskArns"]
        wait("ecs", "tasks_running", cluster=self.cluster, tasks=tasks)
        for group in self.target_groups.values():
            wait("elbv2", "target_in_service", TargetGroupArn=group)

    def run_task(self):
        """Runs a task without a service, and returns its ARN when the task runs."""
        started = clients.ecs.run_task(
            cluster=self.cluster,
            taskDefinition=self.task_definition,
            launchType="FARGATE",
            networkConfiguration=self.placement,
        )
        (task,) = started["tasks"]
        wait("ecs", "tasks_running", cluster=self.cluster, tasks=[task["taskArn"]])
        return task["taskArn"]

    def delete_service(self):
        ecs, elbv2 = clients.ecs, clients.elbv2
        targets = {
            group: [
                health["Target"]
                for health in elbv2.describe_target_health(TargetGroupArn=group)[
                    "TargetHealthDescriptions"
                ]
            ]
            for group in self.target_groups.values()
        }
        tasks = ecs.list_tasks(cluster=self.cluster)["taskArns"]
        ecs.delete_service(cluster=self.cluster, service="shop", force=True)
        wait("ecs", "services_inactive", cluster=self.cluster, services=["shop"])
        wait("ecs", "tasks_stopped", cluster=self.cluster, tasks=tasks)
        for group, registered in targets.items():
            wait("elbv2", "target_deregistered", TargetGroupArn=group, Targets=registered)
        ecs.delete_cluster(cluster=self.cluster)
        ecs.deregister_task_definition(taskDefinition=self.task_definition)
        ecs.delete_task_definitions(taskDefinitions=[self.task_definition])
        clients.ecr.delete_repository(repositoryName=REPOSITORY, force=True)
        clients.logs.delete_log_group(logGroupName=LOG_GROUP)

    def create_dns(self):
        created = clients.route53.create_hosted_zone(Name=ZONE, CallerReference=str(uuid4()))
        self.zone = created["HostedZone"]["Id"]
        wait("route53", "resource_record_sets_changed", Id=created["ChangeInfo"]["Id"])
        (balancer,) = clients.elbv2.describe_load_balancers(Names=["boto3"])["LoadBalancers"]
        self.record = {
            "Name": DOMAIN,
            "Type": "A",
            "AliasTarget": {
                "HostedZoneId": balancer["CanonicalHostedZoneId"],
                "DNSName": balancer["DNSName"],
                "EvaluateTargetHealth": True,
            },
        }
        self.change_record("CREATE", self.record)

    def change_record(self, action, record):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        changed = clients.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=batch)
        wait("route53", "resource_record_sets_changed", Id=changed["ChangeInfo"]["Id"])

    def create_https(self):
        acm, elbv2 = clients.acm, clients.elbv2
        self.certificate = acm.request_certificate(
            DomainName=DOMAIN, ValidationMethod="DNS", Tags=TAGS
        )["CertificateArn"]
        self.validation = self.validation_record()
        self.change_record("UPSERT", self.validation)
        wait("acm", "certificate_validated", CertificateArn=self.certificate)
        created = elbv2.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": self.certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_groups["api1"]}],
            Tags=TAGS,
        )
        self.https_listener = created["Listeners"][0]["ListenerArn"]

    def validation_record(self):
        """Returns the record set that validates the certificate. ACM makes it some seconds after the request."""
        for _ in range(600):
            described = clients.acm.describe_certificate(CertificateArn=self.certificate)["Certificate"]
            for option in described["DomainValidationOptions"]:
                if "ResourceRecord" in option:
                    record = option["ResourceRecord"]
                    values = [{"Value": record["Value"]}]
                    return {"Name": record["Name"], "Type": record["Type"], "TTL": 300, "ResourceRecords": values}
            time.sleep(0.1)
        raise TimeoutError("ACM has made no validation record")

    def delete_https(self):
        clients.elbv2.delete_listener(ListenerArn=self.https_listener)
        retry_while_refused(
            clients.acm.delete_certificate, "ResourceInUseException", CertificateArn=self.certificate
        )
        self.change_record("DELETE", self.validation)

    def delete_dns(self):
        self.change_record("DELETE", self.record)
        clients.route53.delete_hosted_zone(Id=self.zone)


def container(name, port):
    """Returns the definition of a container that writes to the log group."""
    options = {
        "awslogs-group": LOG_GROUP,
        "awslogs-region": REGION,
        "awslogs-stream-prefix": "shop",
    }
    return {
        "name": name,
        "image": f"example.com/{name}:1",
        "essential": True,
        "portMappings": [{"containerPort": port, "protocol": "tcp"}],
        "environment": [{"name": "PORT", "value": str(port)}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }

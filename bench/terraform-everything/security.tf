# The security groups, the roles with their boundary, and the flow log.
resource "aws_security_group" "balancer" {
  name        = "${var.stack}-balancer"
  description = "Load balancer"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each          = { for pair in setproduct(local.clients, [80, 443]) : "${pair[0]} ${pair[1]}" => pair }
  security_group_id = aws_security_group.balancer.id
  ip_protocol       = "tcp"
  from_port         = each.value[1]
  to_port           = each.value[1]
  cidr_ipv4         = each.value[0]
}

resource "aws_security_group" "service" {
  for_each    = toset(["web", "shop", "worker"])
  name        = "${var.stack}-${each.key}"
  description = "Tasks of ${each.key}"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  for_each                     = local.targets
  security_group_id            = aws_security_group.service[each.value.service].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = aws_security_group.balancer.id
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  for_each                     = local.targets
  security_group_id            = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = aws_security_group.service[each.value.service].id
}

resource "aws_vpc_security_group_egress_rule" "service" {
  for_each          = aws_security_group.service
  security_group_id = each.value.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["", "/flow-logs"])
  name              = "/slipway/${var.stack}${each.key}"
  retention_in_days = 30
}

locals {
  roles = {
    execution      = "ecs-tasks"
    task           = "ecs-tasks"
    task-web       = "ecs-tasks"
    infrastructure = "ecs"
    flow-logs      = "vpc-flow-logs"
  }
  policies = {
    execution = [
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.this[""].arn}:*"] },
      { Effect = "Allow", Action = ["ssm:GetParameters"], Resource = [data.aws_ssm_parameter.db.arn] },
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = [for secret in data.aws_secretsmanager_secret.outside : secret.arn] },
    ]
    task-web  = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::uploads/*"] }]
    flow-logs = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.this["/flow-logs"].arn}:*"] }]
  }
}

resource "aws_iam_role" "this" {
  for_each             = local.roles
  name                 = "${var.stack}-${each.key}"
  path                 = "/slipway/${var.stack}/"
  permissions_boundary = local.boundary
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "${each.value}.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies
  name     = "slipway"
  role     = aws_iam_role.this[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = {
    task-web       = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    infrastructure = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
  }
  role       = aws_iam_role.this[each.key].name
  policy_arn = each.value
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination          = aws_cloudwatch_log_group.this["/flow-logs"].arn
  iam_role_arn             = aws_iam_role.this["flow-logs"].arn
  max_aggregation_interval = 60
}

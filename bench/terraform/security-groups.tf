# The security groups: anyone may reach the load balancer, which may reach the tasks alone, and no one else may reach the tasks.
resource "aws_security_group" "balancer" {
  name        = "${var.stack}-balancer"
  description = "Load balancer: HTTP from anywhere"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.stack}-securityGroups.balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  security_group_id = aws_security_group.balancer.id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_security_group" "service" {
  for_each    = local.services
  name        = "${var.stack}-${each.key}"
  description = "Tasks of ${each.key}: from the load balancer alone"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.stack}-securityGroups.${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "service" {
  for_each                     = local.containers
  security_group_id            = aws_security_group.service[each.value.service].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = aws_security_group.balancer.id
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  for_each                     = local.containers
  security_group_id            = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  referenced_security_group_id = aws_security_group.service[each.value.service].id
}

# AWS adds this rule to every new group, but Terraform removes it, so it is declared here.
resource "aws_vpc_security_group_egress_rule" "service" {
  for_each          = aws_security_group.service
  security_group_id = each.value.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

# Without rules, no traffic: nothing in the stack uses this group.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

# The edge of a stack: a web ACL, a dual-stack network and load balancer, and target groups with every way of balancing.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  endpoints {
    acm     = var.endpoint
    ec2     = var.endpoint
    elbv2   = var.endpoint
    route53 = var.endpoint
    sts     = var.endpoint
    wafv2   = var.endpoint
  }

  default_tags {
    tags = { stack = "edge" }
  }
}

variable "endpoint" {
  description = "The endpoint of every service."
  type        = string
}

variable "blocked" {
  description = "The blocks of addresses that the web ACL blocks."
  type        = list(string)
  default     = ["192.0.2.0/24", "198.51.100.7/32"]
}

variable "limit" {
  description = "The requests of an address that the web ACL allows in five minutes."
  type        = number
  default     = 2000
}

variable "seconds" {
  description = "The seconds for which a client stays with its target."
  type        = number
  default     = 600
}

variable "slow_start" {
  description = "The seconds for which a new target gets fewer requests."
  type        = number
  default     = 60
}

variable "algorithm" {
  description = "The algorithm of the target group without slow start."
  type        = string
  default     = "least_outstanding_requests"
}

resource "aws_vpc" "main" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  ipv6_cidr_block   = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, count.index)
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }

  route {
    ipv6_cidr_block = "::/0"
    gateway_id      = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  for_each          = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }
  security_group_id = aws_security_group.web.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.key == "ipv4" ? each.value : null
  cidr_ipv6         = each.key == "ipv6" ? each.value : null
}

resource "aws_vpc_security_group_egress_rule" "web" {
  for_each          = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }
  security_group_id = aws_security_group.web.id
  ip_protocol       = "-1"
  cidr_ipv4         = each.key == "ipv4" ? each.value : null
  cidr_ipv6         = each.key == "ipv6" ? each.value : null
}

resource "aws_lb" "web" {
  name            = "web"
  ip_address_type = "dualstack"
  subnets         = aws_subnet.public[*].id
  security_groups = [aws_security_group.web.id]
  depends_on      = [aws_route_table_association.public]
}

resource "aws_route53_zone" "main" {
  name = "example.com"
}

resource "aws_route53_record" "web" {
  for_each = toset(["A", "AAAA"])
  zone_id  = aws_route53_zone.main.zone_id
  name     = "www.example.com"
  type     = each.value

  alias {
    name                   = aws_lb.web.dns_name
    zone_id                = aws_lb.web.zone_id
    evaluate_target_health = true
  }
}

resource "aws_acm_certificate" "web" {
  domain_name       = "www.example.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "validation" {
  zone_id = aws_route53_zone.main.zone_id
  name    = one(aws_acm_certificate.web.domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.web.domain_validation_options).resource_record_type
  records = [one(aws_acm_certificate.web.domain_validation_options).resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "web" {
  certificate_arn         = aws_acm_certificate.web.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

resource "aws_lb_target_group" "sticky" {
  name        = "sticky"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id
  port        = 5000
  protocol    = "HTTP"
  slow_start  = var.slow_start

  stickiness {
    type            = "lb_cookie"
    cookie_duration = var.seconds
  }
}

resource "aws_lb_target_group" "session" {
  name                          = "session"
  target_type                   = "ip"
  vpc_id                        = aws_vpc.main.id
  port                          = 5001
  protocol                      = "HTTP"
  protocol_version              = "HTTP2"
  load_balancing_algorithm_type = var.algorithm

  stickiness {
    type            = "app_cookie"
    cookie_name     = "session"
    cookie_duration = var.seconds
  }
}

resource "aws_lb_target_group" "random" {
  name                          = "random"
  target_type                   = "ip"
  vpc_id                        = aws_vpc.main.id
  port                          = 5002
  protocol                      = "HTTP"
  load_balancing_algorithm_type = "weighted_random"
}

resource "aws_lb_target_group" "grpc" {
  name             = "grpc"
  target_type      = "ip"
  vpc_id           = aws_vpc.main.id
  port             = 5003
  protocol         = "HTTP"
  protocol_version = "GRPC"

  health_check {
    path    = "/grpc.health.v1.Health/Check"
    matcher = "0"
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate_validation.web.certificate_arn

  default_action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.sticky.arn
        weight = 80
      }

      target_group {
        arn    = aws_lb_target_group.random.arn
        weight = 20
      }

      stickiness {
        enabled  = true
        duration = 60
      }
    }
  }
}

resource "aws_lb_listener_rule" "web" {
  for_each = {
    session = { priority = 10, path = "/session/*", group = aws_lb_target_group.session.arn }
    grpc    = { priority = 20, path = "/shop.Orders/*", group = aws_lb_target_group.grpc.arn }
  }

  listener_arn = aws_lb_listener.https.arn
  priority     = each.value.priority

  condition {
    path_pattern {
      values = [each.value.path]
    }
  }

  action {
    type             = "forward"
    target_group_arn = each.value.group
  }
}

resource "aws_wafv2_ip_set" "ipv4" {
  name               = "blocked"
  description        = "Clients that are blocked."
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = var.blocked
}

resource "aws_wafv2_ip_set" "ipv6" {
  name               = "blocked-ipv6"
  scope              = "REGIONAL"
  ip_address_version = "IPV6"
  addresses          = ["2001:db8::/32"]
}

resource "aws_wafv2_web_acl" "main" {
  name        = "edge"
  description = "Protects the load balancer."
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "blocked"
    priority = 1

    action {
      block {}
    }

    statement {
      or_statement {
        dynamic "statement" {
          for_each = [aws_wafv2_ip_set.ipv4.arn, aws_wafv2_ip_set.ipv6.arn]
          content {
            ip_set_reference_statement {
              arn = statement.value
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "blocked"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "rate"
    priority = 2

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.limit
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "admin"
    priority = 3

    action {
      count {}
    }

    statement {
      byte_match_statement {
        positional_constraint = "STARTS_WITH"
        search_string         = "/admin"

        field_to_match {
          uri_path {}
        }

        text_transformation {
          priority = 0
          type     = "LOWERCASE"
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "admin"
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "edge"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "main" {
  resource_arn = aws_lb.web.arn
  web_acl_arn  = aws_wafv2_web_acl.main.arn
}

data "aws_wafv2_web_acl" "found" {
  name       = aws_wafv2_web_acl.main.name
  scope      = "REGIONAL"
  depends_on = [aws_wafv2_web_acl.main]
}

data "aws_wafv2_ip_set" "found" {
  name       = aws_wafv2_ip_set.ipv4.name
  scope      = "REGIONAL"
  depends_on = [aws_wafv2_ip_set.ipv4]
}

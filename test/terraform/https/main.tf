# HTTPS: certificates that are validated in DNS, a listener that uses them, and one that redirects.
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
  }

  default_tags {
    tags = { stack = var.stack }
  }
}

variable "endpoint" {
  description = "The endpoint of every service."
  type        = string
}

variable "stack" {
  description = "The prefix of every name."
  type        = string
  default     = "https"
}

variable "policy" {
  description = "The security policy of the listener."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
}

variable "names" {
  description = "More names of the certificate."
  type        = list(string)
  default     = ["www.example.com", "*.example.com"]
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_acm_certificate" "this" {
  domain_name               = "api.example.com"
  subject_alternative_names = var.names
  validation_method         = "DNS"
  tags                      = { Name = "${var.stack}-certificate" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "other" {
  domain_name       = "other.example.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in setunion(
      aws_acm_certificate.this.domain_validation_options,
      aws_acm_certificate.other.domain_validation_options,
    ) : option.domain_name => option
  }

  zone_id         = aws_route53_zone.this.zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  records         = [each.value.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  for_each = {
    this  = aws_acm_certificate.this.arn
    other = aws_acm_certificate.other.arn
  }

  certificate_arn         = each.value
  validation_record_fqdns = each.key == "this" ? [for option in aws_acm_certificate.this.domain_validation_options : aws_route53_record.validation[option.domain_name].fqdn] : [aws_route53_record.validation["other.example.com"].fqdn]
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_lb" "this" {
  name               = var.stack
  load_balancer_type = "application"
  subnets            = [for subnet in aws_subnet.this : subnet.id]
  depends_on         = [aws_internet_gateway.this]
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.policy
  certificate_arn   = aws_acm_certificate_validation.this["this"].certificate_arn

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "nothing"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_certificate" "other" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate_validation.this["other"].certificate_arn
}

data "aws_acm_certificate" "found" {
  domain      = aws_acm_certificate.this.domain_name
  statuses    = ["ISSUED"]
  most_recent = true
  depends_on  = [aws_acm_certificate_validation.this]
}

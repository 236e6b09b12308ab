# The provider with its endpoint, and the names that the other files share.
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
  region = var.region

  endpoints {
    acm            = var.endpoint
    cloudwatch     = var.endpoint
    ec2            = var.endpoint
    ecs            = var.endpoint
    elbv2          = var.endpoint
    iam            = var.endpoint
    logs           = var.endpoint
    route53        = var.endpoint
    secretsmanager = var.endpoint
    ssm            = var.endpoint
    sts            = var.endpoint
    wafv2          = var.endpoint
  }

  default_tags {
    tags = { stack = var.stack, team = "orders" }
  }
}

data "aws_caller_identity" "this" {}

# What exists before the stack.
data "aws_ssm_parameter" "db" {
  name            = "/outside/db"
  with_decryption = false
}

data "aws_wafv2_web_acl" "outside" {
  name  = "outside"
  scope = "REGIONAL"
}

data "aws_secretsmanager_secret" "outside" {
  for_each = toset(["outside/keys", "outside/registry"])
  name     = each.key
}

locals {
  account  = data.aws_caller_identity.this.account_id
  domain   = "api.example.com"
  names    = ["www.example.com", "*.api.example.com"]
  boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  clients  = ["203.0.113.0/24", "10.0.0.0/8"]

  # The containers behind the load balancer, by the keys of their target groups.
  targets = {
    web-api1   = { service = "web", container = "api1", port = 5000, path = "/health", cookie = "session", cookie_seconds = 600 }
    web-api2   = { service = "web", container = "api2", port = 6000, protocol = "HTTPS", path = "/api2", algorithm = "least_outstanding_requests" }
    web-orders = { service = "web", container = "orders", port = 6500, version = "GRPC", path = "/grpc.health.v1.Health/Check", matcher = "0" }
    web-events = { service = "web", container = "events", port = 6600, version = "HTTP2", path = "/events", slow_start = 60, algorithm = "round_robin" }
    shop-app   = { service = "shop", container = "app", port = 7000, path = "/shop" }
  }
}

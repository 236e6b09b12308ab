# The provider with its endpoint, and the services that the other resources belong to.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6"
    }
  }
}

# Without an endpoint, the provider uses AWS itself. Credentials come from the environment; an imitation of AWS accepts any.
provider "aws" {
  region = var.region

  endpoints {
    ec2     = var.endpoint
    ecr     = var.endpoint
    ecs     = var.endpoint
    elbv2   = var.endpoint
    iam     = var.endpoint
    logs    = var.endpoint
    route53 = var.endpoint
    sts     = var.endpoint
  }

  default_tags {
    tags = { stack = var.stack }
  }
}

data "aws_caller_identity" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id

  # One service with two containers, and var.more_services services with one container each.
  services = merge(
    {
      shop = {
        api1 = {
          image       = var.images.api1
          port        = 5000
          path        = "/api1"
          priority    = 1
          environment = { CATALOGUE_URL = "http://localhost:6000" }
        }
        api2 = {
          image       = var.images.api2
          port        = 6000
          path        = "/api2"
          priority    = 2
          environment = {}
        }
      }
    },
    {
      for number in range(1, var.more_services + 1) : "more-${number}" => {
        app = {
          image       = var.images.more
          port        = 8000
          path        = "/more-${number}"
          priority    = 2 + number
          environment = {}
        }
      }
    },
  )

  # All containers, by the key that is used for their target groups, rules and security group rules.
  containers = merge([
    for service, containers in local.services : {
      for name, container in containers :
      "${service}-${name}" => merge(container, { service = service, name = name })
    }
  ]...)
}

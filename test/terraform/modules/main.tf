# The architecture of slipway.config.ts, composed from public modules. The test links `modules` to the folder that holds them.
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
    applicationautoscaling = var.endpoint
    cloudwatch             = var.endpoint
    ec2                    = var.endpoint
    ecs                    = var.endpoint
    elbv2                  = var.endpoint
    iam                    = var.endpoint
    logs                   = var.endpoint
    sts                    = var.endpoint
  }
}

variable "endpoint" {
  description = "The endpoint of every service, e.g. http://127.0.0.1:4566."
  type        = string
}

variable "images" {
  description = "The references of the images of the two containers."
  type        = object({ api1 = string, api2 = string })
}

variable "deletion_protection" {
  description = "Whether the load balancer is protected. The module protects it by default; AWS then refuses to delete it."
  type        = bool
  default     = true
}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  name  = "modules"
  cidr  = "10.0.0.0/16"
  zones = slice(data.aws_availability_zones.available.names, 0, 2)

  containers = {
    api1 = { port = 5000, environment = { PORT = "5000", CATALOGUE_URL = "http://localhost:6000" } }
    api2 = { port = 6000, environment = { PORT = "6000" } }
  }
}

module "vpc" {
  source = "./modules/terraform-aws-vpc"

  name               = local.name
  cidr               = local.cidr
  azs                = local.zones
  public_subnets     = [for index in range(2) : cidrsubnet(local.cidr, 4, index)]
  private_subnets    = [for index in range(2) : cidrsubnet(local.cidr, 4, index + 8)]
  enable_nat_gateway = true
  single_nat_gateway = true
}

# The tasks accept requests from the load balancer only, and may connect to any address.
module "tasks" {
  source = "./modules/terraform-aws-security-group"

  name         = "${local.name}-tasks"
  vpc_id       = module.vpc.vpc_id
  egress_rules = ["all-all"]

  ingress_with_source_security_group_id = [
    for name, container in local.containers : {
      from_port                = container.port
      to_port                  = container.port
      protocol                 = "tcp"
      description              = name
      source_security_group_id = module.alb.security_group_id
    }
  ]
}

module "alb" {
  source = "./modules/terraform-aws-alb"

  name                       = local.name
  vpc_id                     = module.vpc.vpc_id
  subnets                    = module.vpc.public_subnets
  enable_deletion_protection = var.deletion_protection

  security_group_ingress_rules = {
    http = { from_port = 80, to_port = 80, cidr_ipv4 = "0.0.0.0/0" }
  }
  security_group_egress_rules = {
    all = { ip_protocol = "-1", cidr_ipv4 = module.vpc.vpc_cidr_block }
  }

  listeners = {
    http = {
      port     = 80
      protocol = "HTTP"
      fixed_response = {
        content_type = "text/plain"
        message_body = "There is no service at this path."
        status_code  = "404"
      }
      rules = {
        for name, container in local.containers : name => {
          actions    = [{ type = "forward", target_group_key = name }]
          conditions = [{ path_pattern = { values = ["/${name}", "/${name}/*"] } }]
        }
      }
    }
  }

  # ECS registers the targets, so the module creates no attachments.
  target_groups = {
    for name, container in local.containers : name => {
      name              = "${local.name}-${name}"
      port              = container.port
      protocol          = "HTTP"
      target_type       = "ip"
      create_attachment = false
      health_check      = { path = "/health" }
    }
  }
}

module "ecs" {
  source = "./modules/terraform-aws-ecs"

  cluster_name = local.name

  services = {
    shop = {
      subnet_ids            = module.vpc.private_subnets
      security_group_ids    = [module.tasks.security_group_id]
      wait_for_steady_state = true
      # An hour of the sandbox's time passes in seconds, and the programs of the containers need a second to start.
      health_check_grace_period_seconds = 3600

      container_definitions = {
        for name, container in local.containers : name => {
          image         = var.images[name]
          port_mappings = [{ containerPort = container.port, protocol = "tcp" }]
          environment   = [for key, value in container.environment : { name = key, value = value }]
        }
      }

      # The ARN comes from the rule, so Terraform creates the rule first: ECS refuses a target group without a rule.
      load_balancer = {
        for name, container in local.containers : name => {
          target_group_arn = module.alb.listener_rules["http/${name}"].action[0].target_group_arn
          container_name   = name
          container_port   = container.port
        }
      }
    }
  }
}

output "load_balancer" {
  value = module.alb.dns_name
}

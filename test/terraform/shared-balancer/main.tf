# A load balancer that others share: the listener and the rules of its owner, and beside them the target groups and rules of a tenant.
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
    ec2   = var.endpoint
    elbv2 = var.endpoint
    sts   = var.endpoint
  }
}

variable "endpoint" {
  description = "The endpoint of every service."
  type        = string
}

variable "tenant" {
  description = "Whether there are target groups and rules of a tenant."
  type        = bool
  default     = false
}

variable "message" {
  description = "The answer to requests that no rule of a tenant matches."
  type        = string
  default     = "no tenant"
}

variable "hosts" {
  description = "The hosts of the tenant."
  type        = list(string)
  default     = ["tenant.example.com"]
}

variable "delay" {
  description = "The seconds that a draining target of the tenant has."
  type        = number
  default     = 10
}

resource "aws_vpc" "main" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "main" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_security_group" "main" {
  name   = "shared"
  vpc_id = aws_vpc.main.id

  ingress {
    protocol    = "tcp"
    from_port   = 80
    to_port     = 80
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "tcp"
    from_port   = 8000
    to_port     = 8999
    cidr_blocks = [aws_vpc.main.cidr_block]
  }
}

resource "aws_lb" "main" {
  name            = "shared"
  subnets         = aws_subnet.main[*].id
  security_groups = [aws_security_group.main.id]
  depends_on      = [aws_internet_gateway.main]
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = var.message
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "owner" {
  for_each     = { status = 10, metrics = 20 }
  listener_arn = aws_lb_listener.main.arn
  priority     = each.value

  condition {
    path_pattern {
      values = ["/${each.key}"]
    }
  }

  action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = var.message
      status_code  = "200"
    }
  }
}

resource "aws_lb_target_group" "tenant" {
  for_each             = var.tenant ? toset(["blue", "green"]) : toset([])
  name                 = "tenant-${each.key}"
  target_type          = "ip"
  vpc_id               = aws_vpc.main.id
  port                 = 8000
  protocol             = "HTTP"
  deregistration_delay = var.delay
}

resource "aws_lb_listener_rule" "tenant" {
  count        = var.tenant ? 1 : 0
  listener_arn = aws_lb_listener.main.arn
  priority     = 100

  condition {
    host_header {
      values = var.hosts
    }
  }

  condition {
    path_pattern {
      values = ["/", "/*"]
    }
  }

  action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.tenant["blue"].arn
        weight = 100
      }

      target_group {
        arn    = aws_lb_target_group.tenant["green"].arn
        weight = 0
      }
    }
  }
}

output "listener_arn" {
  value = aws_lb_listener.main.arn
}

output "first_subnet_id" {
  value = aws_subnet.main[0].id
}

# The services: cluster, roles, logs and repositories, and for each service a task definition and an ECS service on Fargate.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/slipway/${var.stack}"
  retention_in_days = 14
  tags              = { Name = "${var.stack}-logGroup" }
}

locals {
  trust = {
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EcsTasks"
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:${var.region}:${local.account}:*" }
        StringEquals = { "aws:SourceAccount" = local.account }
      }
    }]
  }
  pullable = concat([for repository in aws_ecr_repository.this : repository.arn], var.existing_repositories)
  pull = length(local.pullable) == 0 ? [] : [
    { Sid = "SignIn", Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
    {
      Sid      = "Pull"
      Effect   = "Allow"
      Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource = local.pullable
    },
  ]
  logs = {
    Sid      = "Logs"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
}

resource "aws_iam_role" "this" {
  for_each           = toset(["execution", "task"])
  name               = "${var.stack}-${each.key}"
  path               = "/slipway/${var.stack}/"
  description        = "The ${each.key} role of ${var.stack}"
  assume_role_policy = jsonencode(local.trust)
  tags               = { Name = "${var.stack}-roles.${each.key}" }
}

resource "aws_iam_role_policy" "execution" {
  name   = "slipway"
  role   = aws_iam_role.this["execution"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.pull, [local.logs]) })
}

resource "aws_ecr_repository" "this" {
  for_each             = var.repositories
  name                 = "${var.stack}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true
  tags                 = { Name = "${var.stack}-repositories.${each.key}" }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each   = aws_ecr_repository.this
  repository = each.value.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last 30 images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecs_cluster" "this" {
  name = var.stack
  tags = { Name = "${var.stack}-cluster" }
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = local.services
  family                   = "${var.stack}-${each.key}"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "256"
  memory                   = "512"
  execution_role_arn       = aws_iam_role.this["execution"].arn
  task_role_arn            = aws_iam_role.this["task"].arn
  tags                     = { Name = "${var.stack}-taskDefinitions.${each.key}" }

  runtime_platform {
    cpu_architecture        = "X86_64"
    operating_system_family = "LINUX"
  }

  dynamic "volume" {
    for_each = each.value
    content {
      name = "${volume.key}-tmp"
    }
  }

  container_definitions = jsonencode([
    for name, container in each.value : {
      name                   = name
      image                  = container.image
      essential              = true
      portMappings           = [{ containerPort = container.port, protocol = "tcp" }]
      environment            = [for key, value in merge({ PORT = tostring(container.port) }, container.environment) : { name = key, value = value }]
      readonlyRootFilesystem = true
      mountPoints            = [{ sourceVolume = "${name}-tmp", containerPath = "/tmp", readOnly = false }]
      stopTimeout            = 30
      linuxParameters        = { initProcessEnabled = true }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = aws_cloudwatch_log_group.this.name
          "awslogs-region"        = var.region
          "awslogs-stream-prefix" = each.key
        }
      }
    }
  ])
}

# ECS refuses a target group without a rule, and tasks cannot start without a route to the internet.
resource "aws_ecs_service" "this" {
  for_each                           = local.services
  name                               = each.key
  cluster                            = aws_ecs_cluster.this.arn
  task_definition                    = aws_ecs_task_definition.this[each.key].arn
  desired_count                      = 1
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  wait_for_steady_state              = var.wait
  tags                               = { Name = "${var.stack}-services.${each.key}" }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = [for subnet in aws_subnet.private : subnet.id]
    security_groups  = [aws_security_group.service[each.key].id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = each.value
    content {
      target_group_arn = aws_lb_target_group.this["${each.key}-${load_balancer.key}"].arn
      container_name   = load_balancer.key
      container_port   = load_balancer.value.port
    }
  }

  depends_on = [
    aws_iam_role_policy.execution,
    aws_lb_listener_rule.this,
    aws_route.private,
    aws_route_table_association.private,
    aws_vpc_security_group_egress_rule.balancer,
    aws_vpc_security_group_egress_rule.service,
    aws_vpc_security_group_ingress_rule.service,
  ]
}
